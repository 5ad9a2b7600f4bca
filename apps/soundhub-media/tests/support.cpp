// SPDX-License-Identifier: AGPL-3.0-or-later
#include "support.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace soundhub::media::test {

Result<void> Outputs::begin(Output output) {
  open_[output];
  return {};
}
Result<void> Outputs::write(Output output, BytesView bytes) {
  open_.at(output).append(as_text(bytes));
  return {};
}
Result<void> Outputs::end(Output output) {
  files_[output] = std::move(open_.at(output));
  open_.erase(output);
  return {};
}
Result<void> Outputs::progress(double fraction) {
  fractions_.push_back(fraction);
  return {};
}

const std::string& Outputs::file(OutputKind kind, std::uint32_t index) const {
  static const std::string none;
  const auto at = files_.find({.kind = kind, .index = index});
  EXPECT_NE(at, files_.end()) << "no output of kind " << static_cast<int>(kind) << ", index " << index;
  return at == files_.end() ? none : at->second;
}

std::uint32_t Outputs::count(OutputKind kind) const {
  std::uint32_t count = 0;
  for (const auto& [output, bytes] : files_) count += output.kind == kind ? 1 : 0;
  return count;
}

Files::Files() {
  std::string name = (std::filesystem::temp_directory_path() / "soundhub-media-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
  folder_ = name;
}

Files::~Files() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Files::run(const std::string& command) const {
  const auto whole = "cd '" + folder_.string() + "' && (" + command + ") 2>&1";
  FILE* pipe = ::popen(whole.c_str(), "r");
  std::string text;
  std::array<char, 4096> chunk{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(chunk.data(), 1, chunk.size(), pipe);
    text.append(chunk.data(), got);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command << '\n' << text;
  return text;
}

void Files::write(const std::string& name, const std::string& bytes) const {
  std::ofstream{path(name), std::ios::binary} << bytes;
}

std::string Files::read(const std::string& name) const {
  std::ostringstream out;
  out << std::ifstream{path(name), std::ios::binary}.rdbuf();
  return out.str();
}

Fd Files::open(const std::string& name) const {
  Fd fd{::open(path(name).c_str(), O_RDONLY | O_CLOEXEC)};
  EXPECT_TRUE(fd) << name;
  return fd;
}

void Files::cut(const std::string& from, const std::string& to, std::int64_t bytes) const {
  const auto whole = read(from);
  const auto size = bytes >= 0 ? bytes : static_cast<std::int64_t>(whole.size()) + bytes;
  write(to, whole.substr(0, static_cast<std::size_t>(size)));
}

std::vector<std::int32_t> Files::decode(const std::string& name, int channels) const {
  // flac starts forty times faster than ffmpeg.
  if (name.ends_with(".flac"))
    run("flac -s -d -f --force-raw-format --endian=little --sign=signed -o decoded.raw '" + name + "'");
  else
    ffmpeg("-i '" + name + "' -f s24le -c:a pcm_s24le -ac " + std::to_string(channels) + " decoded.raw");
  const auto bytes = read("decoded.raw");
  std::vector<std::int32_t> samples(bytes.size() / 3);
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<std::int32_t>(byte(3 * i) << 8 | byte(3 * i + 1) << 16 | byte(3 * i + 2) << 24) >> 8;
  return samples;
}

void Files::write_wav(const std::string& name, const std::vector<std::int32_t>& samples, int channels, int rate) const {
  const auto data_bytes = static_cast<std::uint32_t>(3 * samples.size());
  const auto frame_bytes = static_cast<std::uint16_t>(3 * channels);
  Bytes wav;
  const auto text = [&](std::string_view tag) { wav.insert(wav.end(), as_bytes(tag).begin(), as_bytes(tag).end()); };
  text("RIFF");
  put_le(wav, 36 + data_bytes);
  text("WAVEfmt ");
  put_le(wav, std::uint32_t{16});
  put_le(wav, std::uint16_t{1});
  put_le(wav, static_cast<std::uint16_t>(channels));
  put_le(wav, static_cast<std::uint32_t>(rate));
  put_le(wav, static_cast<std::uint32_t>(rate) * frame_bytes);
  put_le(wav, frame_bytes);
  put_le(wav, std::uint16_t{24});
  text("data");
  put_le(wav, data_bytes);
  for (const auto x : samples)
    for (int shift = 0; shift < 24; shift += 8) wav.push_back(static_cast<std::byte>((x >> shift) & 0xff));
  write(name, std::string{as_text(wav)});
}

std::vector<std::int32_t> noise(std::size_t samples, std::uint32_t seed) {
  std::vector<std::int32_t> out(samples);
  std::uint32_t state = seed * 2654435761U + 1;
  for (auto& x : out) {
    state = state * 1664525U + 1013904223U;
    x = static_cast<std::int32_t>(state) >> 10;
  }
  return out;
}

std::vector<std::int32_t> joined_stem(const Files& files, const Outputs& outputs, int channels) {
  std::vector<std::int32_t> stem;
  const auto count = outputs.count(OutputKind::segment);
  for (std::uint32_t i = 0; i < count; ++i) {
    files.write("segment.flac", outputs.file(OutputKind::segment, i));
    const auto samples = files.decode("segment.flac", channels);
    if (i + 1 < count) {
      EXPECT_EQ(samples.size(), 240'000U * static_cast<unsigned>(channels)) << "segment " << i;
    }
    stem.insert(stem.end(), samples.begin(), samples.end());
  }
  return stem;
}

MediaChild media_child(Limits limits) {
  static const Log silent = Log::silent();
  return {SOUNDHUB_MEDIA_PROGRAM, limits, silent};
}

Result<IngestReport> ingest(const Files& files, const std::string& name, Outputs& outputs, Limits limits) {
  return media_child(limits).ingest(files.open(name).get(), outputs, {});
}

}  // namespace soundhub::media::test
