// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "soundhub/base/fd.hpp"
#include "soundhub/media/child.hpp"

namespace soundhub::media::test {

/// What a child sent, whole.
class Outputs final : public OutputSink {
 public:
  Result<void> begin(Output output) override;
  Result<void> write(Output output, BytesView bytes) override;
  Result<void> end(Output output) override;
  Result<void> progress(double fraction) override;

  const std::string& file(OutputKind kind, std::uint32_t index = 0) const;
  std::uint32_t count(OutputKind kind) const;
  const std::vector<double>& fractions() const { return fractions_; }

 private:
  std::map<Output, std::string> open_, files_;
  std::vector<double> fractions_;
};

/// A folder of real files made by ffmpeg, flac and lame; gone with the test.
class Files {
 public:
  Files();
  ~Files();
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Runs a shell command in the folder and fails the test if it fails; what it printed.
  std::string run(const std::string& command) const;
  /// `arguments` of ffmpeg, quiet and overwriting.
  void ffmpeg(const std::string& arguments) const { run("ffmpeg -nostdin -v error -y " + arguments); }
  void write(const std::string& name, const std::string& bytes) const;
  std::string read(const std::string& name) const;
  Fd open(const std::string& name) const;
  /// A copy of the first `bytes` bytes (negative: all but the last).
  void cut(const std::string& from, const std::string& to, std::int64_t bytes) const;

  /// Any audio file's samples as flac or ffmpeg decodes them, interleaved, as 24-bit integers (FLAC: 24-bit files
  /// only).
  std::vector<std::int32_t> decode(const std::string& name, int channels) const;
  /// 24-bit WAV.
  void write_wav(const std::string& name, const std::vector<std::int32_t>& samples, int channels, int rate) const;

 private:
  std::filesystem::path folder_;
};

/// Deterministic noise of 24 bits at about -12 dBFS.
std::vector<std::int32_t> noise(std::size_t samples, std::uint32_t seed = 1);

/// The stem that a child's segments hold, and that each is a FLAC file of 240,000 frames but the last.
std::vector<std::int32_t> joined_stem(const Files& files, const Outputs& outputs, int channels);

MediaChild media_child(Limits limits = {});

Result<IngestReport> ingest(const Files& files, const std::string& name, Outputs& outputs, Limits limits = {});

}  // namespace soundhub::media::test
