// SPDX-License-Identifier: AGPL-3.0-or-later
#include "mp3_format.hpp"

namespace soundhub::media {
namespace {

void put_text(Bytes& out, std::string_view text) {
  const auto bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_byte(Bytes& out, std::uint64_t value) {
  out.push_back(static_cast<std::byte>(value & 0xff));
}

void put_big_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) put_byte(out, value >> (8 * i));
}

/// CRC-16 with polynomial 0x8005, reflected, as LAME's tag uses it.
std::uint16_t crc_16(BytesView bytes) {
  std::uint32_t crc = 0;
  for (const auto b : bytes) {
    crc ^= static_cast<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return static_cast<std::uint16_t>(crc);
}

void put_id3_size(Bytes& out, std::size_t size) {
  for (int shift = 21; shift >= 0; shift -= 7) put_byte(out, (size >> shift) & 0x7f);
}

void put_id3_frame(Bytes& out, std::string_view id, std::string_view prefix, const std::string& text) {
  if (text.empty()) return;
  constexpr std::uint64_t utf_8 = 3;
  put_text(out, id);
  put_id3_size(out, 1 + prefix.size() + text.size());
  put_big_endian(out, 0, 2);
  put_byte(out, utf_8);
  put_text(out, prefix);
  put_text(out, text);
}

/// Quality, file size, CRCs: https://wiki.hydrogenaud.io/index.php?title=MP3#VBRI,_XING,_and_LAME_headers
void put_lame_tag(Bytes& out, const Mp3Plan& plan) {
  put_text(out, "LAME3.100");
  put_byte(out, 0x01);        // tag revision 0, CBR
  put_byte(out, 201);         // lowpass 20.1 kHz
  put_big_endian(out, 0, 8);  // no ReplayGain
  put_byte(out, 0x54);        // nspsytune, no gap flags, ATH type 4
  put_byte(out, 255);         // 255 kbit/s or more
  put_big_endian(
      out, (static_cast<std::uint64_t>(plan.encoder_delay) << 12) | static_cast<std::uint64_t>(plan.end_padding), 3);
  put_byte(out, 0x8c);        // 48 kHz source, joint stereo
  put_byte(out, 0);           // no gain
  put_big_endian(out, 0, 2);  // no preset
  put_big_endian(out, static_cast<std::uint64_t>((plan.frames + 1) * Mp3Plan::frame_bytes), 4);
  put_big_endian(out, 0, 2);  // the music's CRC
}

}  // namespace

Mp3Plan Mp3Plan::of(std::int64_t samples) {
  Mp3Plan plan{.samples = samples, .frames = 0, .end_padding = 0};
  plan.end_padding = frame_samples - (samples + encoder_delay) % frame_samples;
  if (plan.end_padding < frame_samples / 2) plan.end_padding += frame_samples;
  plan.frames = (samples + encoder_delay + plan.end_padding) / frame_samples;
  return plan;
}

Bytes mp3_info_frame(const Mp3Plan& plan) {
  Bytes out;
  put_big_endian(out, 0xfffbe444, 4);  // MPEG 1 layer III, no CRC, 320 kbit/s, 48 kHz, joint stereo, original
  out.resize(out.size() + 32);         // side information of a frame with nothing in it
  put_text(out, "Info");
  put_big_endian(out, 0x0f, 4);  // frames, bytes, table, quality follow
  put_big_endian(out, static_cast<std::uint64_t>(plan.frames), 4);
  put_big_endian(out, static_cast<std::uint64_t>((plan.frames + 1) * Mp3Plan::frame_bytes), 4);
  for (std::uint64_t i = 0; i < 100; ++i) put_byte(out, i * 256 / 100);
  put_big_endian(out, 67, 4);  // 100 - 10 * VBR quality 0... - encoder quality 3, as LAME counts it
  put_lame_tag(out, plan);
  put_big_endian(out, crc_16(out), 2);
  out.resize(Mp3Plan::frame_bytes);
  return out;
}

Bytes id3v2_tag(const std::string& title, const std::string& artist, const std::string& album,
                const std::string& comment) {
  Bytes frames;
  put_id3_frame(frames, "TIT2", {}, title);
  put_id3_frame(frames, "TPE1", {}, artist);
  put_id3_frame(frames, "TALB", {}, album);
  put_id3_frame(frames, "COMM", {"und\0", 4}, comment);
  Bytes out;
  if (frames.empty()) return out;
  put_text(out, "ID3");
  put_big_endian(out, 0x040000, 3);
  put_id3_size(out, frames.size());
  out.insert(out.end(), frames.begin(), frames.end());
  return out;
}

}  // namespace soundhub::media
