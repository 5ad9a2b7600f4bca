// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sniff.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace soundhub::media {
namespace {

constexpr std::size_t head_bytes = std::size_t{1} << 16;
constexpr int most_id3_tags = 4;

std::uint32_t byte_at(BytesView bytes, std::size_t i) {
  return static_cast<std::uint32_t>(bytes[i]);
}

bool has(BytesView bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && as_text(bytes.subspan(offset, magic.size())) == magic;
}

bool is_adts(BytesView b) {
  // Syncword, layer 0, a sampling frequency index that exists (ISO 13818-7 6.2).
  return b.size() >= 7 && byte_at(b, 0) == 0xff && (byte_at(b, 1) & 0xf6) == 0xf0 && ((byte_at(b, 2) >> 2) & 15) < 13;
}

std::size_t adts_frame_bytes(BytesView b) {
  return ((byte_at(b, 3) & 3) << 11) | (byte_at(b, 4) << 3) | (byte_at(b, 5) >> 5);
}

/// Two headers in a row, as a sync word alone is too little.
bool starts_adts(BytesView head) {
  if (!is_adts(head)) return false;
  const auto size = adts_frame_bytes(head);
  if (size < 7) return false;
  return head.size() <= size + 7 ? size <= head.size() : is_adts(head.subspan(size));
}

std::optional<Container> by_magic(BytesView head) {
  if ((has(head, 0, "RIFF") || has(head, 0, "RF64")) && has(head, 8, "WAVE")) return Container::wav;
  if (has(head, 0, "FORM") && (has(head, 8, "AIFF") || has(head, 8, "AIFC"))) return Container::aiff;
  if (has(head, 0, "caff")) return Container::caf;
  if (has(head, 0, "fLaC")) return Container::flac;
  if (has(head, 0, "OggS")) return Container::ogg;
  if (has(head, 0, "\x1a\x45\xdf\xa3")) return Container::matroska;
  if (has(head, 4, "ftyp")) return Container::mp4;
  return std::nullopt;
}

constexpr std::array<std::array<std::int32_t, 15>, 5> kbit_per_second{{
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // version 1, layer I
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // version 1, layer II
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // version 1, layer III
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // versions 2 and 2.5, layer I
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // versions 2 and 2.5, layers II and III
}};
constexpr std::array<std::int32_t, 3> version_1_rates{44'100, 48'000, 32'000};

std::size_t rate_row(bool version_1, std::uint32_t layer) {
  if (version_1) return layer - 1;
  return layer == 1 ? 3 : 4;
}

std::int32_t samples_per_frame(bool version_1, std::uint32_t layer) {
  if (layer == 1) return 384;
  return layer == 2 || version_1 ? 1152 : 576;
}

bool frames_follow(BytesView at, int count) {
  for (int i = 0; i < count; ++i) {
    const auto header = mpeg_header(at);
    if (!header) return at.empty() && i > 0;
    const auto size = static_cast<std::size_t>(header->frame_bytes);
    if (size >= at.size()) return i > 0;
    at = at.subspan(size);
  }
  return true;
}

}  // namespace

const char* demuxer_name(Container container) {
  switch (container) {
    case Container::wav:
      return "wav";
    case Container::aiff:
      return "aiff";
    case Container::caf:
      return "caf";
    case Container::flac:
      return "flac";
    case Container::ogg:
      return "ogg";
    case Container::matroska:
      return "matroska";
    case Container::mp4:
      return "mov";
    case Container::mp3:
      return "mp3";
    case Container::adts:
      return "aac";
  }
  return "";
}

std::optional<MpegHeader> mpeg_header(BytesView b) {
  if (b.size() < 4 || byte_at(b, 0) != 0xff || (byte_at(b, 1) & 0xe0) != 0xe0) return std::nullopt;
  const auto version_bits = (byte_at(b, 1) >> 3) & 3;
  const auto layer_bits = (byte_at(b, 1) >> 1) & 3;
  const auto bitrate_index = byte_at(b, 2) >> 4;
  const auto rate_index = (byte_at(b, 2) >> 2) & 3;
  if (version_bits == 1 || layer_bits == 0 || bitrate_index == 0 || bitrate_index == 15 || rate_index == 3)
    return std::nullopt;
  const bool version_1 = version_bits == 3;
  const auto layer = 4 - layer_bits;
  const auto padding = static_cast<std::int32_t>((byte_at(b, 2) >> 1) & 1);
  MpegHeader out;
  out.version = version_1 ? 1 : (version_bits == 2 ? 2 : 25);
  out.sample_rate = version_1_rates[rate_index] / (version_1 ? 1 : (version_bits == 2 ? 2 : 4));
  out.mono = (byte_at(b, 3) >> 6) == 3;
  out.frame_samples = samples_per_frame(version_1, layer);
  const auto bits = kbit_per_second[rate_row(version_1, layer)][bitrate_index] * 1000;
  const auto slot = layer == 1 ? 4 : 1;
  out.frame_bytes = (out.frame_samples / 8 * bits / out.sample_rate / slot + padding) * slot;
  out.side_info_bytes = version_1 ? (out.mono ? 17 : 32) : (out.mono ? 9 : 17);
  return out;
}

std::optional<std::size_t> first_mpeg_frame(BytesView head) {
  for (std::size_t i = 0; i + 4 <= head.size(); ++i)
    if (byte_at(head, i) == 0xff && frames_follow(head.subspan(i), 3)) return i;
  return std::nullopt;
}

std::int64_t id3v2_size(BytesView b) {
  if (b.size() < 10 || !has(b, 0, "ID3") || byte_at(b, 3) == 0xff || byte_at(b, 4) == 0xff) return 0;
  std::int64_t size = 0;
  for (std::size_t i = 6; i < 10; ++i) size = (size << 7) | (byte_at(b, i) & 0x7f);
  return size + 10 + ((byte_at(b, 5) & 0x10) != 0 ? 10 : 0);
}

std::optional<Container> sniff(const ReadAt& read_at) {
  Bytes buffer(head_bytes);
  std::int64_t offset = 0;
  for (int tags = 0; tags <= most_id3_tags; ++tags) {
    const auto head = BytesView{buffer}.first(read_at(offset, buffer));
    const auto tag = id3v2_size(head);
    if (tag > 0) {
      offset += tag;
      continue;
    }
    if (const auto found = by_magic(head)) return found;
    if (starts_adts(head)) return Container::adts;
    if (first_mpeg_frame(head)) return Container::mp3;
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace soundhub::media
