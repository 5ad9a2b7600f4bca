// SPDX-License-Identifier: AGPL-3.0-or-later
#include "opus_encoder.hpp"

#include <algorithm>
#include <array>

namespace soundhub::media {
namespace {

constexpr std::int32_t rate = 48'000;
constexpr std::size_t packet_frames = 960;
constexpr std::size_t most_packet_bytes = 1275 * 3;
constexpr std::size_t packets_a_page = 50;

void put_text(Bytes& out, std::string_view text) {
  const auto bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_string(Bytes& out, std::string_view text) {
  put_le(out, static_cast<std::uint32_t>(text.size()));
  put_text(out, text);
}

/// CRC-32 of RFC 3533: polynomial 0x04c11db7, nothing reflected, start and end 0.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t r = i << 24;
    for (int bit = 0; bit < 8; ++bit) r = (r & 0x80000000U) != 0 ? (r << 1) ^ 0x04c11db7U : r << 1;
    table[i] = r;
  }
  return table;
}();

std::uint32_t ogg_crc(BytesView bytes) {
  std::uint32_t crc = 0;
  for (const auto b : bytes) crc = (crc << 8) ^ crc_table[(crc >> 24) ^ static_cast<std::uint32_t>(b)];
  return crc;
}

tl::unexpected<Error> encoder_failed(int error) {
  return fail(Errc::internal, "media.encoder", opus_strerror(error));
}

}  // namespace

void OggPages::packet(Bytes& out, BytesView packet, std::int64_t granule, bool flush, bool last) {
  // A page holds 255 lacing values; our packets need at most 16 and headers come alone.
  if (lacing_.size() + packet.size() / 255 + 1 > 255) end_page(out, false);
  lacing_.insert(lacing_.end(), packet.size() / 255, 255);
  lacing_.push_back(static_cast<std::uint8_t>(packet.size() % 255));
  body_.insert(body_.end(), packet.begin(), packet.end());
  granule_ = granule;
  if (flush || last) end_page(out, last);
}

void OggPages::end_page(Bytes& out, bool last) {
  const auto start = out.size();
  put_text(out, "OggS");
  put_le(out, std::uint8_t{0});
  put_le(out, static_cast<std::uint8_t>((sequence_ == 0 ? 2 : 0) | (last ? 4 : 0)));
  put_le(out, granule_);
  put_le(out, serial_);
  put_le(out, sequence_++);
  put_le(out, std::uint32_t{0});
  put_le(out, static_cast<std::uint8_t>(lacing_.size()));
  for (const auto value : lacing_) put_le(out, value);
  out.insert(out.end(), body_.begin(), body_.end());
  const auto crc = ogg_crc(BytesView{out}.subspan(start));
  for (std::size_t i = 0; i < 4; ++i) out[start + 22 + i] = static_cast<std::byte>((crc >> (8 * i)) & 0xff);
  lacing_.clear();
  body_.clear();
}

OpusOggEncoder::OpusOggEncoder(const Settings& settings, Write write)
    : channels_{settings.channels}, write_{std::move(write)}, pages_{0x53486f70} {}

Result<std::unique_ptr<OpusOggEncoder>> OpusOggEncoder::start(const Settings& settings, Write write) {
  std::unique_ptr<OpusOggEncoder> encoder{new OpusOggEncoder{settings, std::move(write)}};
  SH_CHECK(encoder->configure(settings));
  SH_CHECK(encoder->headers(settings));
  return encoder;
}

Result<void> OpusOggEncoder::configure(const Settings& settings) {
  int error = OPUS_OK;
  encoder_.reset(opus_encoder_create(rate, channels_, OPUS_APPLICATION_AUDIO, &error));
  if (error != OPUS_OK) return encoder_failed(error);
  opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(settings.bits_per_second));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(settings.complexity));
  opus_int32 lookahead = 0;
  opus_encoder_ctl(encoder_.get(), OPUS_GET_LOOKAHEAD(&lookahead));
  pre_skip_ = lookahead;
  return {};
}

Result<void> OpusOggEncoder::headers(const Settings& settings) {
  Bytes head;
  put_text(head, "OpusHead");
  put_le(head, std::uint8_t{1});
  put_le(head, static_cast<std::uint8_t>(channels_));
  put_le(head, static_cast<std::uint16_t>(pre_skip_));
  put_le(head, std::uint32_t{rate});
  put_le(head, std::int16_t{0});
  put_le(head, std::uint8_t{0});
  pages_.packet(out_, head, 0, /*flush=*/true, /*last=*/false);
  Bytes tags;
  put_text(tags, "OpusTags");
  put_string(tags, opus_get_version_string());
  put_le(tags, static_cast<std::uint32_t>(settings.tags.size()));
  for (const auto& [name, value] : settings.tags) put_string(tags, name + "=" + value);
  pages_.packet(out_, tags, 0, /*flush=*/true, /*last=*/false);
  return hand_on();
}

Result<void> OpusOggEncoder::hand_on() {
  if (out_.empty()) return {};
  SH_CHECK(write_(out_));
  out_.clear();
  return {};
}

Result<void> OpusOggEncoder::push(std::span<const float> samples) {
  frames_ += static_cast<std::int64_t>(samples.size()) / channels_;
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  const auto packet_samples = packet_frames * static_cast<std::size_t>(channels_);
  std::size_t taken = 0;
  // One packet is kept back: the last one has to say that it is.
  while (pending_.size() - taken > packet_samples) {
    SH_CHECK(encode_packet({pending_.data() + taken, packet_samples}, /*last=*/false));
    taken += packet_samples;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(taken));
  return hand_on();
}

Result<void> OpusOggEncoder::encode_packet(std::span<const float> samples, bool last) {
  std::array<unsigned char, most_packet_bytes> packet{};
  const auto size = opus_encode_float(encoder_.get(), samples.data(), static_cast<int>(packet_frames), packet.data(),
                                      static_cast<opus_int32>(packet.size()));
  if (size < 0) return encoder_failed(size);
  encoded_ += static_cast<std::int64_t>(packet_frames);
  const auto granule = last ? frames_ + pre_skip_ : encoded_;
  const bool flush = encoded_ % static_cast<std::int64_t>(packet_frames * packets_a_page) == 0;
  pages_.packet(out_, std::as_bytes(std::span{packet}.first(static_cast<std::size_t>(size))), granule, flush, last);
  return {};
}

Result<void> OpusOggEncoder::finish() {
  const auto packet_samples = packet_frames * static_cast<std::size_t>(channels_);
  // What the decoder skips at the start it needs at the end: silence until the last frame has come out.
  while (encoded_ < frames_ + pre_skip_) {
    pending_.resize(std::max(pending_.size(), packet_samples));
    const bool last = encoded_ + static_cast<std::int64_t>(packet_frames) >= frames_ + pre_skip_;
    SH_CHECK(encode_packet(std::span{pending_}.first(packet_samples), last));
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(packet_samples));
  }
  return hand_on();
}

}  // namespace soundhub::media
