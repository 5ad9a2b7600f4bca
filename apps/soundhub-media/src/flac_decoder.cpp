// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_decoder.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "flac_crc.hpp"
#include "flac_subframe.hpp"
#include "pcm.hpp"

namespace soundhub::media {
namespace {

constexpr std::size_t stream_info_bytes = 34;
constexpr unsigned sample_bits = 24;

/// Skips the metadata of section 8; nothing if the stream isn't 24-bit 48 kHz of `channels`.
std::optional<BytesView> frames_of(BytesView flac, std::uint32_t channels) {
  FlacBits in{flac};
  if (in.take(32) != 0x664c6143) return std::nullopt;  // "fLaC"
  auto rest = flac.subspan(std::min<std::size_t>(flac.size(), 4));
  for (bool first = true, last = false; !last; first = false) {
    FlacBits block{rest};
    last = block.take(1) != 0;
    const bool info = block.take(7) == 0;
    const std::size_t size = block.take(24);
    if (first != info || rest.size() < 4 + size || (info && size != stream_info_bytes)) return std::nullopt;
    if (info) {
      FlacBits fields{rest.subspan(4 + 10, 8)};
      if (fields.take(20) != static_cast<std::uint32_t>(stem_rate) || fields.take(3) + 1 != channels ||
          fields.take(5) + 1 != sample_bits)
        return std::nullopt;
    }
    rest = rest.subspan(4 + size);
  }
  return rest;
}

enum class Sides : std::uint8_t { apart, left_and_side, side_and_right, mid_and_side };

struct FrameHeader {
  std::size_t frames{};
  std::uint32_t channels{};
  Sides sides{};
};

std::size_t block_size(FlacBits& in, std::uint32_t code) {
  if (code == 1) return 192;
  if (code >= 2 && code <= 5) return std::size_t{576} << (code - 2);
  if (code == 6) return in.take(8) + 1;
  if (code == 7) return in.take(16) + 1;
  return code >= 8 ? std::size_t{256} << (code - 8) : 0;
}

/// The frame's or first sample's number, coded like UTF-8. What it says isn't needed.
bool skip_number(FlacBits& in) {
  auto first = in.take(8);
  for (; (first & 0xc0) == 0xc0; first = (first << 1) & 0xff)
    if (in.take(2) != 2 || (in.take(6), false)) return false;
  return true;
}

/// Section 9.1, without its CRC-8: the frame's own covers it.
std::optional<FrameHeader> frame_header(FlacBits& in) {
  constexpr std::uint32_t sync = 0x7ffc;  // with the reserved bit
  FrameHeader header;
  if (in.take(15) != sync) return std::nullopt;
  in.take(1);
  const auto size_code = in.take(4);
  const auto rate_code = in.take(4);
  const auto channel_code = in.take(4);
  const auto bits_code = in.take(3);
  const bool as_expected = (rate_code == 0 || rate_code == 10) && (bits_code == 0 || bits_code == 6);
  if (!as_expected || channel_code > 10 || in.take(1) != 0 || !skip_number(in)) return std::nullopt;
  header.frames = block_size(in, size_code);
  header.channels = channel_code < 8 ? channel_code + 1 : 2;
  if (channel_code >= 8) header.sides = static_cast<Sides>(channel_code - 7);
  in.take(8);
  return header;
}

void to_floats(std::span<const std::int32_t> in, float* out) {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<float>(in[i]) * 0x1p-23F;
}

/// Section 4.2: makes left and right of what was coded.
void unfold(Sides sides, std::span<std::int32_t> a, std::span<std::int32_t> b) {
  const auto each = [&](auto&& convert) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto [left, right] = convert(std::int64_t{a[i]}, std::int64_t{b[i]});
      a[i] = static_cast<std::int32_t>(left);
      b[i] = static_cast<std::int32_t>(right);
    }
  };
  using Both = std::pair<std::int64_t, std::int64_t>;
  if (sides == Sides::left_and_side) each([](auto left, auto side) { return Both{left, left - side}; });
  if (sides == Sides::side_and_right) each([](auto side, auto right) { return Both{side + right, right}; });
  if (sides == Sides::mid_and_side)
    each([](auto mid, auto side) {
      const auto sum = mid * 2 + (side & 1);
      return Both{(sum + side) >> 1, (sum - side) >> 1};
    });
}

/// Decodes one segment into `out`, which has its size.
class SegmentDecoder {
 public:
  SegmentDecoder(BytesView frames, PlanarPcm& out) : rest_{frames}, out_{out} {}

  /// Decodes the next frame; false if it isn't whole and right.
  bool frame() {
    FlacBits in{rest_};
    const auto header = frame_header(in);
    if (!header || in.overrun() || header->channels != channels()) return false;
    if (header->frames == 0 || header->frames > out_.left.size() - done_) return false;
    if (!subframes(in, *header)) return false;
    in.to_byte_boundary();
    const auto sum = in.overrun() ? 0 : in.position() - rest_.data();
    if (in.take(16) != flac_crc_16(rest_.first(static_cast<std::size_t>(sum))) || in.overrun()) return false;
    rest_ = rest_.subspan(static_cast<std::size_t>(sum) + 2);
    hand_on(*header);
    return true;
  }
  bool more() const { return !rest_.empty(); }
  std::size_t done() const { return done_; }

 private:
  std::uint32_t channels() const { return out_.right.empty() ? 1 : 2; }

  bool subframes(FlacBits& in, const FrameHeader& header) {
    const auto side = [&](std::uint32_t channel) {
      return (channel == 0 && header.sides == Sides::side_and_right) ||
             (channel == 1 && (header.sides == Sides::left_and_side || header.sides == Sides::mid_and_side));
    };
    for (std::uint32_t c = 0; c < header.channels; ++c) {
      samples_[c].resize(header.frames);
      if (!decode_subframe(in, sample_bits + (side(c) ? 1 : 0), samples_[c])) return false;
    }
    return true;
  }
  void hand_on(const FrameHeader& header) {
    unfold(header.sides, samples_[0], samples_[1]);
    to_floats(samples_[0], out_.left.data() + done_);
    if (header.channels == 2) to_floats(samples_[1], out_.right.data() + done_);
    done_ += header.frames;
  }

  BytesView rest_;
  PlanarPcm& out_;
  std::size_t done_{};
  std::array<std::vector<std::int32_t>, 2> samples_;
};

}  // namespace

Result<void> decode_segment(BytesView flac, std::int32_t channels, std::int32_t frames, PlanarPcm& out) {
  const auto coded = frames_of(flac, static_cast<std::uint32_t>(channels));
  if (!coded) return fail(Errc::internal, "render.bad_stem");
  out.left.resize(static_cast<std::size_t>(frames));
  out.right.resize(channels == 2 ? static_cast<std::size_t>(frames) : 0);
  SegmentDecoder decoder{*coded, out};
  while (decoder.more())
    if (!decoder.frame()) return fail(Errc::internal, "render.bad_stem");
  if (decoder.done() != static_cast<std::size_t>(frames)) return fail(Errc::internal, "render.bad_stem");
  return {};
}

}  // namespace soundhub::media
