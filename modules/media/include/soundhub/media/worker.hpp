// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// What a child makes. `index` is the segment's number, the peaks' samples per pixel (at 48 kHz), or the image's side
/// in pixels; 0 for the rest.
enum class OutputKind : std::uint8_t { segment, peaks, preview, flac, mp3, opus, image };
struct Output {
  OutputKind kind{};
  std::uint32_t index{};
  friend constexpr auto operator<=>(const Output&, const Output&) = default;
};

/// Where a child's outputs go, on the calling thread: begin, write…, end for each output; outputs may interleave, so
/// each call names its output. An error from any call ends the child and is handed on.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  virtual Result<void> begin(Output output) = 0;
  virtual Result<void> write(Output output, BytesView bytes) = 0;
  virtual Result<void> end(Output output) = 0;
  /// 0 to 1, never falling; at least twice a second while work goes on (also the caller's heartbeat).
  virtual Result<void> progress(double fraction) = 0;
};

/// EBU R 128 / ITU-R BS.1770-4. Silence has no loudness: -HUGE_VAL is never sent, `has_loudness` is false instead.
struct Loudness {
  bool has_loudness{};
  double integrated_lufs{};
  double range_lu{};
  double true_peak_dbtp{};
};

struct IngestReport {
  std::string container, codec;  ///< libav's short names: "wav" "pcm_s24le"
  std::int32_t sample_rate{};    ///< Hz, as uploaded
  std::int32_t channels{};       ///< as uploaded
  std::int32_t bits{};           ///< per sample as uploaded; 0 for lossy codecs
  std::int32_t stem_channels{};  ///< 1 or 2
  std::int64_t frames{};         ///< of the stem, at 48 kHz
  std::int32_t segments{};       ///< ceil(frames / 240000)
  bool truncated{};              ///< the file says it holds more than could be decoded
  bool silent{};                 ///< every sample below -90 dBFS
  Loudness loudness;
};

/// One strip of a render: which stem, and how it plays.
struct RenderChannel {
  std::int32_t stem_channels{};  ///< 1 or 2
  std::int64_t frames{};         ///< of the stem, at 48 kHz
  std::int64_t offset_frames{};  ///< where the stem's first frame lies in the song; may be negative (cut off)
  double gain_db{};              ///< -90 (off) to +12
  double pan{};                  ///< -1 left to +1 right
  bool muted{}, soloed{};
};

struct RenderRequest {
  std::vector<RenderChannel> channels;  ///< at most dsp::max_channels; summed in this order
  double master_gain_db{};
  bool limiter{true};
  double ceiling_dbtp{-1};
  std::string title, artist, album, comment;  ///< tags of the encoded files, UTF-8
};

struct RenderReport {
  std::int64_t frames{};
  Loudness loudness;
  std::string pcm_sha256_hex;     ///< of the limited mix as 24-bit little-endian interleaved stereo: the receipt
  std::int32_t engine_version{};  ///< dsp::engine_version
};

struct ImageReport {
  std::string format;  ///< as uploaded: "png", "mjpeg", "webp", "gif"
  std::int32_t width{}, height{};
};

/// Hands a render its stems: whole FLAC files of one segment each, in ascending order per channel.
class SegmentProvider {
 public:
  virtual ~SegmentProvider() = default;
  virtual Result<std::unique_ptr<ByteSource>> segment(std::size_t channel, std::int64_t index) = 0;
};

/// Opens untrusted media, always in another process. Blocks until done; thread-safe (a child a call).
/// Errors: invalid "take.undecodable", "take.not_audio", "take.empty", "take.too_long", "take.too_many_channels",
/// "take.unsupported", "image.undecodable", "image.too_large" (tell the user: trying again is useless);
/// unavailable "media.crashed", "media.timeout", "media.limit", "media.stopped" (try again, then tell).
class MediaWorker {
 public:
  virtual ~MediaWorker() = default;
  /// `fd`: a seekable file, read from offset 0. Sends segments 0…n-1, peaks at 256, 2048 and 16384 samples per pixel
  /// (audiowaveform .dat v2, 8 bit, 48 kHz, one channel: the stem's channels together) and one preview (Ogg Opus).
  virtual Result<IngestReport> ingest(int fd, OutputSink& sink, std::stop_token stop) = 0;
  /// Sends flac (24 bit), mp3 (320 kbit/s CBR), opus (Ogg, 160 kbit/s) and peaks as above, all of the limited mix.
  virtual Result<RenderReport> render(const RenderRequest& request, SegmentProvider& stems, OutputSink& sink,
                                      std::stop_token stop) = 0;
  /// Sends square JPEG crops with sides of 640 and 160 pixels.
  virtual Result<ImageReport> image(int fd, OutputSink& sink, std::stop_token stop) = 0;
};

}  // namespace soundhub::media
