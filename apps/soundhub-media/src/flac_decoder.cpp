// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_decoder.hpp"

#include <FLAC/stream_decoder.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "pcm.hpp"

namespace soundhub::media {
namespace {

struct FreeDecoder {
  void operator()(FLAC__StreamDecoder* p) const { FLAC__stream_decoder_delete(p); }
};

/// One decoding: where the bytes come from and the samples go.
struct Decoding {
  BytesView rest;
  std::uint32_t channels{};
  std::size_t frames{}, done{};
  PlanarPcm* out{};
  bool bad{};
};

FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder*, FLAC__byte* buffer, std::size_t* size, void* self) {
  auto& me = *static_cast<Decoding*>(self);
  *size = std::min(*size, me.rest.size());
  if (*size == 0) return FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  std::memcpy(buffer, me.rest.data(), *size);
  me.rest = me.rest.subspan(*size);
  return FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
}

void to_floats(const FLAC__int32* in, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(in[i]) * 0x1p-23F;
}

FLAC__StreamDecoderWriteStatus on_write(const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                                        const FLAC__int32* const buffer[], void* self) {
  auto& me = *static_cast<Decoding*>(self);
  const auto& header = frame->header;
  if (header.channels != me.channels || header.bits_per_sample != 24 || header.sample_rate != stem_rate ||
      header.blocksize > me.frames - me.done) {
    me.bad = true;
    return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
  }
  to_floats(buffer[0], me.out->left.data() + me.done, header.blocksize);
  if (me.channels == 2) to_floats(buffer[1], me.out->right.data() + me.done, header.blocksize);
  me.done += header.blocksize;
  return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

void on_error(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus, void* self) {
  static_cast<Decoding*>(self)->bad = true;
}

}  // namespace

Result<void> decode_segment(BytesView flac, std::int32_t channels, std::int32_t frames, PlanarPcm& out) {
  const std::unique_ptr<FLAC__StreamDecoder, FreeDecoder> decoder{FLAC__stream_decoder_new()};
  if (!decoder) throw std::bad_alloc{};
  Decoding decoding{.rest = flac,
                    .channels = static_cast<std::uint32_t>(channels),
                    .frames = static_cast<std::size_t>(frames),
                    .done = 0,
                    .out = &out,
                    .bad = false};
  out.left.resize(decoding.frames);
  out.right.resize(channels == 2 ? decoding.frames : 0);
  FLAC__stream_decoder_init_stream(decoder.get(), &on_read, nullptr, nullptr, nullptr, nullptr, &on_write, nullptr,
                                   &on_error, &decoding);
  FLAC__stream_decoder_process_until_end_of_stream(decoder.get());
  if (decoding.bad || decoding.done != decoding.frames) return fail(Errc::internal, "render.bad_stem");
  return {};
}

}  // namespace soundhub::media
