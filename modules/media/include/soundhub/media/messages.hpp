// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/media/worker.hpp"

/// What soundhub-media and its parent say to each other over two pipes. Integers are little-endian whatever the host.
///   stream    ::= frame*
///   frame     ::= length:u32 type:u8 payload            ; length counts type and payload, 1 to 2^20
///   output    ::= kind:u8 index:u32                     ; kind as in OutputKind
///   string    ::= length:u32 byte*                      ; at most 4096 bytes
/// child to parent:
///   begin     ::= 1 output
///   write     ::= 2 output byte*
///   end       ::= 3 output
///   progress  ::= 4 fraction:f64                        ; 0 to 1
///   need      ::= 5 channel:u32 segment:u32             ; the answer is stem_bytes* stem_end
///   ingested  ::= 6 container:string codec:string rate:i32 channels:i32 bits:i32 stem_channels:i32 frames:i64
///                 segments:i32 truncated:u8 silent:u8 loudness
///   rendered  ::= 7 frames:i64 loudness sha256:string engine_version:i32
///   pictured  ::= 8 format:string width:i32 height:i32
///   failure   ::= 9 key:string detail:string
///   loudness  ::= has:u8 integrated:f64 range:f64 true_peak:f64
/// parent to child:
///   request   ::= 20 count:u32 channel* master_gain:f64 limiter:u8 ceiling:f64 title:string artist:string album:string
///                 comment:string
///   channel   ::= stem_channels:i32 frames:i64 offset:i64 gain:f64 pan:f64 muted:u8 soloed:u8
///   stem_bytes::= 21 byte*
///   stem_end  ::= 22
/// One of ingested, rendered, pictured, failure is the child's last frame. Payloads are exact: bytes left over, unknown
/// types, non-finite numbers, truth values other than 0 and 1 are refused.
namespace soundhub::media {

constexpr std::size_t max_frame_bytes = std::size_t{1} << 20;
constexpr std::size_t max_string_bytes = 4096;
constexpr std::size_t max_render_channels = 256;

struct Frame {
  std::uint8_t type{};
  BytesView payload;  ///< into the FrameReader; valid until its next call
};

/// Cuts a stream into frames. Pure; holds at most what it was given and not yet asked for.
class FrameReader {
 public:
  void append(BytesView bytes);
  /// The next whole frame, nothing if more bytes are needed, or an error (then the stream is lost).
  Result<std::optional<Frame>> next();
  bool empty() const { return taken_ == buffer_.size(); }

 private:
  Bytes buffer_;
  std::size_t taken_{};
};

struct BeginOutput {
  Output output;
};
struct WriteOutput {
  Output output;
  BytesView bytes;
};
struct EndOutput {
  Output output;
};
struct Progress {
  double fraction{};
};
struct NeedStem {
  std::uint32_t channel{}, segment{};
};
struct Failure {
  std::string key, detail;
};
struct StemBytes {
  BytesView bytes;
};
struct StemEnd {};

using ChildMessage = std::variant<BeginOutput, WriteOutput, EndOutput, Progress, NeedStem, IngestReport, RenderReport,
                                  ImageReport, Failure>;
using ParentMessage = std::variant<RenderRequest, StemBytes, StemEnd>;

/// Errors: internal "media.protocol".
Result<ChildMessage> parse_child_message(const Frame& frame);
Result<ParentMessage> parse_parent_message(const Frame& frame);

/// Append one whole frame to `out`. Strings are cut to max_string_bytes; a write's bytes must fit the frame.
void put_message(Bytes& out, const ChildMessage& message);
void put_message(Bytes& out, const ParentMessage& message);

}  // namespace soundhub::media
