// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/media/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace soundhub::media {
namespace {

Bytes encoded(const ChildMessage& message) {
  Bytes out;
  put_message(out, message);
  return out;
}

/// Every kind of message, with every field away from its default.
std::vector<ChildMessage> child_messages() {
  static const Bytes bytes(1000, std::byte{0xff});
  const Output output{.kind = OutputKind::peaks, .index = 2048};
  const Loudness loudness{.has_loudness = true, .integrated_lufs = -14.5, .range_lu = 6.25, .true_peak_dbtp = -1};
  return {BeginOutput{output},
          WriteOutput{.output = output, .bytes = bytes},
          EndOutput{output},
          Progress{0.25},
          NeedStem{.channel = 3, .segment = 70'000},
          IngestReport{.container = "wav",
                       .codec = "pcm_s24le",
                       .sample_rate = 44'100,
                       .channels = 6,
                       .bits = 24,
                       .stem_channels = 2,
                       .frames = std::int64_t{1} << 40,
                       .segments = 49,
                       .truncated = true,
                       .silent = true,
                       .loudness = loudness},
          RenderReport{.frames = -1, .loudness = loudness, .pcm_sha256_hex = std::string(64, 'a'), .engine_version = 7},
          ImageReport{.format = "webp", .width = 8192, .height = 1},
          Failure{.key = "take.empty", .detail = "곡"}};
}

Result<std::optional<Frame>> frame_of(FrameReader& reader, const Bytes& bytes) {
  reader.append(bytes);
  return reader.next();
}

TEST(Messages, EveryMessageComesBackAsItWasInPiecesOfAnySize) {
  for (const auto& message : child_messages()) {
    const auto bytes = encoded(message);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
      FrameReader reader;
      std::optional<Frame> frame;
      for (auto rest = BytesView{bytes}; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
        ASSERT_FALSE(frame) << "a frame before its last byte";
        reader.append(rest.first(std::min(piece, rest.size())));
        frame = *reader.next();
      }
      ASSERT_TRUE(frame);
      const auto parsed = parse_child_message(*frame);
      ASSERT_TRUE(parsed) << parsed.error().detail;
      EXPECT_EQ(parsed->index(), message.index());
      EXPECT_EQ(encoded(*parsed), bytes);
    }
  }
}

TEST(Messages, ARenderRequestComesBackAsItWas) {
  RenderRequest request;
  request.channels.resize(2);
  request.channels[1] = {.stem_channels = 2,
                         .frames = 500'001,
                         .offset_frames = -77,
                         .gain_db = -3.5,
                         .pan = 0.25,
                         .muted = true,
                         .soloed = true};
  request.master_gain_db = 2;
  request.limiter = false;
  request.ceiling_dbtp = -2;
  request.title = "릴리스";
  request.artist = "A";
  request.album = "B";
  request.comment = "C";
  Bytes bytes;
  put_message(bytes, ParentMessage{request});
  FrameReader reader;
  const auto frame = frame_of(reader, bytes);
  ASSERT_TRUE(frame && *frame);
  const auto parsed = parse_parent_message(**frame);
  ASSERT_TRUE(parsed);
  Bytes again;
  put_message(again, *parsed);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(std::get<RenderRequest>(*parsed).channels[1].offset_frames, -77);
}

TEST(Messages, APayloadCutOrLengthenedByAByteIsRefused) {
  for (const auto& message : child_messages()) {
    if (std::holds_alternative<WriteOutput>(message)) continue;  // its bytes are as long as the frame says
    const auto bytes = encoded(message);
    const auto payload = BytesView{bytes}.subspan(5);
    const auto type = static_cast<std::uint8_t>(bytes[4]);
    EXPECT_FALSE(parse_child_message({.type = type, .payload = payload.first(payload.size() - 1)}));
    Bytes longer{payload.begin(), payload.end()};
    longer.push_back(std::byte{0});
    EXPECT_FALSE(parse_child_message({.type = type, .payload = longer}));
  }
}

TEST(Messages, FramesWithoutATypeOrAboveTheLimitAreRefused) {
  for (const std::uint32_t length :
       {std::uint32_t{0}, static_cast<std::uint32_t>(max_frame_bytes + 1), ~std::uint32_t{}}) {
    Bytes bytes;
    put_le(bytes, length);
    FrameReader reader;
    const auto frame = frame_of(reader, bytes);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().key, "media.protocol");
  }
}

TEST(Messages, NumbersThatArentFiniteTruthsThatArentBitsAndUnknownKindsAreRefused) {
  for (const double value : {HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    Bytes payload;
    put_le(payload, value);
    EXPECT_FALSE(parse_child_message({.type = 4, .payload = payload}));
  }
  auto report = encoded(IngestReport{});
  report[5 + 4 + 4 + 16 + 8 + 4] = std::byte{2};  // truncated
  EXPECT_FALSE(parse_child_message({.type = 6, .payload = BytesView{report}.subspan(5)}));
  auto begin = encoded(BeginOutput{});
  begin[5] = std::byte{7};
  EXPECT_FALSE(parse_child_message({.type = 1, .payload = BytesView{begin}.subspan(5)}));
  EXPECT_FALSE(parse_child_message({.type = 200, .payload = {}}));
  EXPECT_FALSE(parse_parent_message({.type = 1, .payload = BytesView{begin}.subspan(5)}));
}

TEST(Messages, LongStringsAreCutWhenSentAndRefusedWhenReceived) {
  const auto bytes = encoded(Failure{.key = "a", .detail = std::string(10'000, 'x')});
  EXPECT_EQ(bytes.size(), 5 + 4 + 1 + 4 + max_string_bytes);
  Bytes payload;
  put_le(payload, std::uint32_t{5000});
  payload.resize(payload.size() + 5000);
  put_le(payload, std::uint32_t{0});
  EXPECT_FALSE(parse_child_message({.type = 9, .payload = payload}));
}

}  // namespace
}  // namespace soundhub::media
