// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_encoder.hpp"

#include <FLAC/metadata.h>

#include <cstring>
#include <new>

namespace soundhub::media {

FlacEncoder::FlacEncoder(Bytes* memory, std::function<Result<void>(BytesView)> write)
    : encoder_{FLAC__stream_encoder_new()},
      comment_{nullptr, &FLAC__metadata_object_delete},
      memory_{memory},
      write_{std::move(write)} {
  if (!encoder_) throw std::bad_alloc{};
}

Result<std::unique_ptr<FlacEncoder>> FlacEncoder::to_memory(const Settings& settings, Bytes& out) {
  std::unique_ptr<FlacEncoder> encoder{new FlacEncoder{&out, {}}};
  out.clear();
  SH_CHECK(encoder->start(settings));
  return encoder;
}

Result<std::unique_ptr<FlacEncoder>> FlacEncoder::to_stream(const Settings& settings,
                                                            std::function<Result<void>(BytesView)> write) {
  std::unique_ptr<FlacEncoder> encoder{new FlacEncoder{nullptr, std::move(write)}};
  SH_CHECK(encoder->start(settings));
  return encoder;
}

void FlacEncoder::add_tags(const Settings& settings) {
  if (settings.tags.empty()) return;
  comment_.reset(FLAC__metadata_object_new(FLAC__METADATA_TYPE_VORBIS_COMMENT));
  if (!comment_) throw std::bad_alloc{};
  for (const auto& [name, value] : settings.tags) {
    FLAC__StreamMetadata_VorbisComment_Entry entry{};
    // Refused when it isn't UTF-8: a file without that tag is better than no file.
    if (FLAC__metadata_object_vorbiscomment_entry_from_name_value_pair(&entry, name.c_str(), value.c_str()) != 0)
      FLAC__metadata_object_vorbiscomment_append_comment(comment_.get(), entry, /*copy=*/false);
  }
  FLAC__StreamMetadata* blocks = comment_.get();
  FLAC__stream_encoder_set_metadata(encoder_.get(), &blocks, 1);
}

Result<void> FlacEncoder::start(const Settings& settings) {
  channels_ = settings.channels;
  FLAC__stream_encoder_set_channels(encoder_.get(), static_cast<std::uint32_t>(settings.channels));
  FLAC__stream_encoder_set_bits_per_sample(encoder_.get(), 24);
  FLAC__stream_encoder_set_sample_rate(encoder_.get(), 48'000);
  FLAC__stream_encoder_set_compression_level(encoder_.get(), settings.level);
  FLAC__stream_encoder_set_total_samples_estimate(encoder_.get(), settings.frames);
  add_tags(settings);
  const bool seekable = memory_ != nullptr;
  const auto status = FLAC__stream_encoder_init_stream(encoder_.get(), &FlacEncoder::on_write,
                                                       seekable ? &FlacEncoder::on_seek : nullptr,
                                                       seekable ? &FlacEncoder::on_tell : nullptr, nullptr, this);
  if (status != FLAC__STREAM_ENCODER_INIT_STATUS_OK) return failed();
  return {};
}

Result<void> FlacEncoder::push(std::span<const std::int32_t> samples) {
  const auto frames = static_cast<std::uint32_t>(samples.size() / static_cast<std::size_t>(channels_));
  if (FLAC__stream_encoder_process_interleaved(encoder_.get(), samples.data(), frames) == 0) return failed();
  return {};
}

Result<void> FlacEncoder::finish() {
  if (FLAC__stream_encoder_finish(encoder_.get()) == 0) return failed();
  return {};
}

Result<void> FlacEncoder::failed() {
  SH_CHECK(written_);
  return fail(Errc::internal, "media.encoder", FLAC__stream_encoder_get_resolved_state_string(encoder_.get()));
}

FLAC__StreamEncoderWriteStatus FlacEncoder::on_write(const FLAC__StreamEncoder*, const FLAC__byte* data,
                                                     std::size_t size, std::uint32_t, std::uint32_t, void* self) {
  auto& me = *static_cast<FlacEncoder*>(self);
  if (me.memory_ == nullptr) {
    me.written_ = me.write_({reinterpret_cast<const std::byte*>(data), size});
    return me.written_ ? FLAC__STREAM_ENCODER_WRITE_STATUS_OK : FLAC__STREAM_ENCODER_WRITE_STATUS_FATAL_ERROR;
  }
  if (me.memory_->size() < me.position_ + size) me.memory_->resize(me.position_ + size);
  std::memcpy(me.memory_->data() + me.position_, data, size);
  me.position_ += size;
  return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

FLAC__StreamEncoderSeekStatus FlacEncoder::on_seek(const FLAC__StreamEncoder*, FLAC__uint64 offset, void* self) {
  auto& me = *static_cast<FlacEncoder*>(self);
  if (offset > me.memory_->size()) return FLAC__STREAM_ENCODER_SEEK_STATUS_ERROR;
  me.position_ = offset;
  return FLAC__STREAM_ENCODER_SEEK_STATUS_OK;
}

FLAC__StreamEncoderTellStatus FlacEncoder::on_tell(const FLAC__StreamEncoder*, FLAC__uint64* offset, void* self) {
  *offset = static_cast<FlacEncoder*>(self)->position_;
  return FLAC__STREAM_ENCODER_TELL_STATUS_OK;
}

}  // namespace soundhub::media
