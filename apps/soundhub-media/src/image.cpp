// SPDX-License-Identifier: AGPL-3.0-or-later
#include "image.hpp"

#include <algorithm>
#include <array>
#include <new>

#include "libav.hpp"
#include "square.hpp"

namespace soundhub::media {
namespace {

constexpr const char* codecs = "png,mjpeg,webp,gif";
constexpr std::int64_t most_side = 8192, most_pixels = 40'000'000;
constexpr std::int64_t most_file_bytes = std::int64_t{64} << 20;
constexpr std::array<int, 2> sides{640, 160};

tl::unexpected<Error> undecodable(std::string why) {
  return fail(Errc::invalid, "image.undecodable", std::move(why));
}

bool starts_with(BytesView bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && as_text(bytes.subspan(offset, magic.size())) == magic;
}

AVCodecID sniff_picture(BytesView head) {
  if (starts_with(head, 0, "\x89PNG\r\n\x1a\n")) return AV_CODEC_ID_PNG;
  if (starts_with(head, 0, "\xff\xd8\xff")) return AV_CODEC_ID_MJPEG;
  if (starts_with(head, 0, "RIFF") && starts_with(head, 8, "WEBP")) return AV_CODEC_ID_WEBP;
  if (starts_with(head, 0, "GIF8")) return AV_CODEC_ID_GIF;
  return AV_CODEC_ID_NONE;
}

/// Decoders call this before they allocate: dimensions that are too large never cost memory.
int refuse_large(AVCodecContext* codec, AVFrame* frame, int flags) {
  const auto pixels = static_cast<std::int64_t>(frame->width) * frame->height;
  if (frame->width > most_side || frame->height > most_side || pixels > most_pixels) {
    *static_cast<bool*>(codec->opaque) = true;
    return AVERROR(EINVAL);
  }
  return avcodec_default_get_buffer2(codec, frame, flags);
}

Result<Picture> receive(AVCodecContext* codec, const bool& too_large) {
  Picture picture{av_frame_alloc()};
  if (!picture) throw std::bad_alloc{};
  const int got = avcodec_receive_frame(codec, picture.get());
  if (got == AVERROR(ENOMEM)) throw std::bad_alloc{};
  if (too_large) return fail(Errc::invalid, "image.too_large");
  if (got < 0) return undecodable(av_error_text(got));
  return picture;
}

/// One file is one packet for these decoders; a GIF needs its demuxer, which is told what it is.
Result<Packet> first_packet(const File& file, AVCodecID id) {
  Packet packet{av_packet_alloc()};
  if (!packet) throw std::bad_alloc{};
  if (id != AV_CODEC_ID_GIF) {
    if (av_new_packet(packet.get(), static_cast<int>(file.size())) < 0) throw std::bad_alloc{};
    file.read_at(0, {reinterpret_cast<std::byte*>(packet->data), static_cast<std::size_t>(packet->size)});
    return packet;
  }
  const AvioFile avio{file};
  SH_TRY(const auto format, open_format(avio, "gif", codecs, "image.undecodable"));
  if (const int got = av_read_frame(format.get(), packet.get()); got < 0) return undecodable(av_error_text(got));
  return packet;
}

Result<Picture> decode(const File& file, AVCodecID id) {
  const auto* decoder = avcodec_find_decoder(id);
  if (decoder == nullptr) return undecodable("no decoder");
  const Codec codec{avcodec_alloc_context3(decoder)};
  if (!codec) throw std::bad_alloc{};
  bool too_large = false;
  codec->opaque = &too_large;
  codec->get_buffer2 = &refuse_large;
  codec->thread_count = 1;
  if (const int bad = avcodec_open2(codec.get(), decoder, nullptr); bad < 0) return undecodable(av_error_text(bad));
  SH_TRY(const auto packet, first_packet(file, id));
  if (avcodec_send_packet(codec.get(), packet.get()) == AVERROR(ENOMEM)) throw std::bad_alloc{};
  auto picture = receive(codec.get(), too_large);
  if (picture || too_large) return picture;
  avcodec_send_packet(codec.get(), nullptr);
  return receive(codec.get(), too_large);
}

}  // namespace

Result<ImageReport> image(int fd, Wire& wire) {
  const File file{fd};
  if (file.size() > most_file_bytes) return fail(Errc::invalid, "image.too_large");
  std::array<std::byte, 16> head{};
  const auto id = sniff_picture(BytesView{head}.first(file.read_at(0, head)));
  if (id == AV_CODEC_ID_NONE) return undecodable("no known kind of picture");
  SH_TRY(const auto picture, decode(file, id));
  const ImageReport report{.format = avcodec_get_name(id), .width = picture->width, .height = picture->height};
  for (const int side : sides) {
    SH_TRY(const auto jpeg, square_jpeg(*picture, side));
    SH_CHECK(wire.send_output({.kind = OutputKind::image, .index = static_cast<std::uint32_t>(side)}, jpeg));
    SH_CHECK(wire.progress(side == sides.front() ? 0.5 : 1));
  }
  return report;
}

}  // namespace soundhub::media
