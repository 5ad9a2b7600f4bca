// SPDX-License-Identifier: AGPL-3.0-or-later
#include "declared.hpp"

#include <algorithm>
#include <charconv>

namespace soundhub::media {
namespace {

constexpr std::size_t head_bytes = std::size_t{1} << 16;
constexpr std::size_t most_page_bytes = 27 + 255 + 255 * 255;
constexpr std::size_t page_header_bytes = 27;
constexpr std::uint32_t xing_has_frames = 1, xing_has_bytes = 2, xing_has_toc = 4, xing_has_quality = 8;

std::uint32_t byte_at(BytesView bytes, std::size_t i) {
  return static_cast<std::uint32_t>(bytes[i]);
}

std::uint32_t big_endian_32(BytesView b) {
  return (byte_at(b, 0) << 24) | (byte_at(b, 1) << 16) | (byte_at(b, 2) << 8) | byte_at(b, 3);
}

/// The Xing header in the first frame, from its name on.
std::optional<BytesView> xing_header(BytesView frame, const MpegHeader& header) {
  const auto offset = 4 + static_cast<std::size_t>(header.side_info_bytes);
  if (frame.size() < offset + 12) return std::nullopt;
  const auto name = as_text(frame.subspan(offset, 4));
  return name == "Xing" || name == "Info" ? std::optional{frame.subspan(offset)} : std::nullopt;
}

/// Samples that the LAME tag behind the Xing header says were added before and after.
std::int64_t added_samples(BytesView xing, std::uint32_t flags) {
  std::size_t tag = 8;
  if ((flags & xing_has_frames) != 0) tag += 4;
  if ((flags & xing_has_bytes) != 0) tag += 4;
  if ((flags & xing_has_toc) != 0) tag += 100;
  if ((flags & xing_has_quality) != 0) tag += 4;
  if (xing.size() < tag + 24) return 0;
  const auto b = xing.subspan(tag + 21);
  return static_cast<std::int64_t>((byte_at(b, 0) << 4) | (byte_at(b, 1) >> 4)) +
         static_cast<std::int64_t>(((byte_at(b, 1) & 15) << 8) | byte_at(b, 2));
}

std::uint64_t big_endian_64(BytesView b) {
  return std::uint64_t{big_endian_32(b)} << 32 | big_endian_32(b.subspan(4));
}

struct Chunk {
  std::string_view id;
  std::uint64_t size{};
  std::int64_t header_bytes{8};
};

constexpr std::uint64_t to_the_end = ~std::uint64_t{};

/// The chunk that `head` (20 bytes) starts with.
Chunk chunk_of(Container container, BytesView head) {
  Chunk chunk{.id = as_text(head.first(4))};
  if (container == Container::caf) {
    chunk.size = big_endian_64(head.subspan(4));
    chunk.header_bytes = 12;
  } else if (container == Container::aiff) {
    chunk.size = big_endian_32(head.subspan(4));
  } else {
    const auto size = LittleEndianReader{head.subspan(4)}.read<std::uint32_t>().value_or(0);
    chunk.size = size == 0xffffffff ? to_the_end : size;
  }
  return chunk;
}

/// RF64 keeps the size of its data, too long for 32 bits, in a chunk before it (EBU Tech 3306).
std::uint64_t ds64_data_size(const ReadAt& read_at, std::int64_t payload) {
  Bytes sizes(16);
  if (read_at(payload, sizes) < sizes.size()) return to_the_end;
  return LittleEndianReader{BytesView{sizes}.subspan(8)}.read<std::uint64_t>().value_or(to_the_end);
}

/// Where the last "OggS" starts.
std::optional<std::size_t> last_page(BytesView tail) {
  const auto at = as_text(tail).rfind("OggS");
  return at == std::string_view::npos ? std::nullopt : std::optional{at};
}

}  // namespace

std::optional<std::int64_t> mp3_declared_frames(const ReadAt& read_at) {
  Bytes buffer(head_bytes);
  auto head = BytesView{buffer}.first(read_at(0, buffer));
  for (std::int64_t at = 0, tag = id3v2_size(head); tag > 0; tag = id3v2_size(head)) {
    at += tag;
    head = BytesView{buffer}.first(read_at(at, buffer));
  }
  const auto start = first_mpeg_frame(head);
  if (!start) return std::nullopt;
  const auto frame = head.subspan(*start);
  const auto header = mpeg_header(frame);
  if (!header) return std::nullopt;
  const auto xing = xing_header(frame, *header);
  if (!xing) return std::nullopt;
  const auto flags = big_endian_32(xing->subspan(4));
  if ((flags & xing_has_frames) == 0) return std::nullopt;
  const auto frames = static_cast<std::int64_t>(big_endian_32(xing->subspan(8)));
  return std::max<std::int64_t>(0, frames * header->frame_samples - added_samples(*xing, flags));
}

bool chunks_are_cut(Container container, const ReadAt& read_at, std::int64_t size) {
  constexpr int most_chunks = 1000;
  constexpr std::size_t least_bytes = 12;
  std::uint64_t long_data = to_the_end;
  std::int64_t at = container == Container::caf ? 8 : 12;
  Bytes head(least_bytes);
  for (int i = 0; i < most_chunks && read_at(at, head) == head.size(); ++i) {
    auto chunk = chunk_of(container, head);
    at += chunk.header_bytes;
    if (chunk.id == "ds64") long_data = ds64_data_size(read_at, at);
    if (chunk.id == "data" && chunk.size == to_the_end) chunk.size = long_data;
    if (chunk.size == to_the_end) return false;
    if (chunk.size > static_cast<std::uint64_t>(std::max<std::int64_t>(0, size - at))) return true;
    at += static_cast<std::int64_t>(chunk.size);
    if (container != Container::caf) at += at % 2;
  }
  return false;
}

bool ogg_is_cut(const ReadAt& read_at, std::int64_t size) {
  Bytes buffer(std::min<std::size_t>(static_cast<std::size_t>(size), most_page_bytes));
  const auto tail = BytesView{buffer}.first(read_at(size - static_cast<std::int64_t>(buffer.size()), buffer));
  const auto at = last_page(tail);
  if (!at || tail.size() < *at + page_header_bytes) return true;
  const auto page = tail.subspan(*at);
  const auto segments = byte_at(page, 26);
  if (page.size() < page_header_bytes + segments) return true;
  std::size_t page_bytes = page_header_bytes + segments;
  for (std::uint32_t i = 0; i < segments; ++i) page_bytes += byte_at(page, page_header_bytes + i);
  constexpr std::uint32_t end_of_stream = 4;
  return page.size() < page_bytes || (byte_at(page, 5) & end_of_stream) == 0;
}

std::optional<std::int64_t> itunes_frames(std::string_view note) {
  std::int64_t value = 0;
  for (int field = 0; field < 4; ++field) {
    note.remove_prefix(std::min(note.find_first_not_of(' '), note.size()));
    const auto [end, error] = std::from_chars(note.data(), note.data() + note.size(), value, 16);
    if (error != std::errc{} || value < 0) return std::nullopt;
    note.remove_prefix(static_cast<std::size_t>(end - note.data()));
  }
  return value > 0 ? std::optional{value} : std::nullopt;
}

}  // namespace soundhub::media
