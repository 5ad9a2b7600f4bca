// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/media/messages.hpp"

#include <cmath>

namespace soundhub::media {
namespace {

enum Type : std::uint8_t {
  begin = 1,
  write = 2,
  end = 3,
  progress = 4,
  need = 5,
  ingested = 6,
  rendered = 7,
  pictured = 8,
  failure = 9,
  request = 20,
  stem_bytes = 21,
  stem_end = 22
};

/// Reads fields in order; after the first that is missing or wrong everything reads as zero and `ok()` is false.
class Fields {
 public:
  explicit Fields(BytesView payload) : reader_{payload} {}

  template <std::integral T>
  T integer() {
    return take(reader_.read<T>());
  }
  double number() {
    const auto value = take(reader_.read_double());
    if (!std::isfinite(value)) ok_ = false;
    return value;
  }
  bool truth() {
    const auto value = integer<std::uint8_t>();
    if (value > 1) ok_ = false;
    return value == 1;
  }
  std::string string() {
    const auto size = integer<std::uint32_t>();
    if (size > max_string_bytes) ok_ = false;
    return ok_ ? std::string{as_text(take(reader_.read_bytes(size)))} : std::string{};
  }
  BytesView rest() {
    const auto size = reader_.rest().size();
    return take(reader_.read_bytes(size));
  }
  void require(bool condition) { ok_ = ok_ && condition; }
  bool ok() const { return ok_ && reader_.rest().empty(); }

 private:
  template <class T>
  T take(std::optional<T> value) {
    if (!value) ok_ = false;
    return ok_ ? *value : T{};
  }
  LittleEndianReader reader_;
  bool ok_{true};
};

Output output(Fields& in) {
  const auto kind = in.integer<std::uint8_t>();
  in.require(kind <= static_cast<std::uint8_t>(OutputKind::image));
  return {.kind = static_cast<OutputKind>(kind), .index = in.integer<std::uint32_t>()};
}

Loudness loudness(Fields& in) {
  Loudness out;
  out.has_loudness = in.truth();
  out.integrated_lufs = in.number();
  out.range_lu = in.number();
  out.true_peak_dbtp = in.number();
  return out;
}

IngestReport ingest_report(Fields& in) {
  IngestReport out;
  out.container = in.string();
  out.codec = in.string();
  out.sample_rate = in.integer<std::int32_t>();
  out.channels = in.integer<std::int32_t>();
  out.bits = in.integer<std::int32_t>();
  out.stem_channels = in.integer<std::int32_t>();
  out.frames = in.integer<std::int64_t>();
  out.segments = in.integer<std::int32_t>();
  out.truncated = in.truth();
  out.silent = in.truth();
  out.loudness = loudness(in);
  return out;
}

RenderReport render_report(Fields& in) {
  RenderReport out;
  out.frames = in.integer<std::int64_t>();
  out.loudness = loudness(in);
  out.pcm_sha256_hex = in.string();
  out.engine_version = in.integer<std::int32_t>();
  return out;
}

ImageReport image_report(Fields& in) {
  ImageReport out;
  out.format = in.string();
  out.width = in.integer<std::int32_t>();
  out.height = in.integer<std::int32_t>();
  return out;
}

RenderChannel render_channel(Fields& in) {
  RenderChannel out;
  out.stem_channels = in.integer<std::int32_t>();
  out.frames = in.integer<std::int64_t>();
  out.offset_frames = in.integer<std::int64_t>();
  out.gain_db = in.number();
  out.pan = in.number();
  out.muted = in.truth();
  out.soloed = in.truth();
  return out;
}

RenderRequest render_request(Fields& in) {
  RenderRequest out;
  const auto count = in.integer<std::uint32_t>();
  in.require(count <= max_render_channels);
  for (std::uint32_t i = 0; i < count && i < max_render_channels; ++i) out.channels.push_back(render_channel(in));
  out.master_gain_db = in.number();
  out.limiter = in.truth();
  out.ceiling_dbtp = in.number();
  out.title = in.string();
  out.artist = in.string();
  out.album = in.string();
  out.comment = in.string();
  return out;
}

template <class Message, class Value>
Result<Message> whole(const Fields& in, Value&& value, std::uint8_t type) {
  if (!in.ok()) return fail(Errc::internal, "media.protocol", "bad payload of frame type " + std::to_string(type));
  return Message{std::forward<Value>(value)};
}

void put_truth(Bytes& out, bool value) {
  put_le(out, static_cast<std::uint8_t>(value ? 1 : 0));
}

void put_string(Bytes& out, std::string_view text) {
  const auto cut = text.substr(0, max_string_bytes);
  put_le(out, static_cast<std::uint32_t>(cut.size()));
  const auto bytes = as_bytes(cut);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_output(Bytes& out, const Output& value) {
  put_le(out, static_cast<std::uint8_t>(value.kind));
  put_le(out, value.index);
}

void put_loudness(Bytes& out, const Loudness& value) {
  put_truth(out, value.has_loudness);
  put_le(out, value.integrated_lufs);
  put_le(out, value.range_lu);
  put_le(out, value.true_peak_dbtp);
}

/// Writes the payload of each kind of message and returns its type.
struct PutPayload {
  Bytes& out;

  Type operator()(const BeginOutput& m) const { return put_output(out, m.output), begin; }
  Type operator()(const EndOutput& m) const { return put_output(out, m.output), end; }
  Type operator()(const Progress& m) const { return put_le(out, m.fraction), progress; }
  Type operator()(const StemEnd&) const { return stem_end; }
  Type operator()(const WriteOutput& m) const {
    put_output(out, m.output);
    out.insert(out.end(), m.bytes.begin(), m.bytes.end());
    return write;
  }
  Type operator()(const NeedStem& m) const {
    put_le(out, m.channel);
    put_le(out, m.segment);
    return need;
  }
  Type operator()(const Failure& m) const {
    put_string(out, m.key);
    put_string(out, m.detail);
    return failure;
  }
  Type operator()(const StemBytes& m) const {
    out.insert(out.end(), m.bytes.begin(), m.bytes.end());
    return stem_bytes;
  }
  Type operator()(const IngestReport& m) const {
    put_string(out, m.container);
    put_string(out, m.codec);
    put_le(out, m.sample_rate);
    put_le(out, m.channels);
    put_le(out, m.bits);
    put_le(out, m.stem_channels);
    put_le(out, m.frames);
    put_le(out, m.segments);
    put_truth(out, m.truncated);
    put_truth(out, m.silent);
    put_loudness(out, m.loudness);
    return ingested;
  }
  Type operator()(const RenderReport& m) const {
    put_le(out, m.frames);
    put_loudness(out, m.loudness);
    put_string(out, m.pcm_sha256_hex);
    put_le(out, m.engine_version);
    return rendered;
  }
  Type operator()(const ImageReport& m) const {
    put_string(out, m.format);
    put_le(out, m.width);
    put_le(out, m.height);
    return pictured;
  }
  Type operator()(const RenderRequest& m) const {
    put_le(out, static_cast<std::uint32_t>(m.channels.size()));
    for (const auto& channel : m.channels) put_channel(channel);
    put_le(out, m.master_gain_db);
    put_truth(out, m.limiter);
    put_le(out, m.ceiling_dbtp);
    put_string(out, m.title);
    put_string(out, m.artist);
    put_string(out, m.album);
    put_string(out, m.comment);
    return request;
  }
  void put_channel(const RenderChannel& c) const {
    put_le(out, c.stem_channels);
    put_le(out, c.frames);
    put_le(out, c.offset_frames);
    put_le(out, c.gain_db);
    put_le(out, c.pan);
    put_truth(out, c.muted);
    put_truth(out, c.soloed);
  }
};

template <class Message>
void put_frame(Bytes& out, const Message& message) {
  const auto start = out.size();
  put_le(out, std::uint32_t{});
  put_le(out, std::uint8_t{});
  const auto type = std::visit(PutPayload{out}, message);
  const auto length = static_cast<std::uint32_t>(out.size() - start - 4);
  for (std::size_t i = 0; i < 4; ++i) out[start + i] = static_cast<std::byte>((length >> (8 * i)) & 0xff);
  out[start + 4] = static_cast<std::byte>(type);
}

}  // namespace

void FrameReader::append(BytesView bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<Frame>> FrameReader::next() {
  LittleEndianReader reader{BytesView{buffer_}.subspan(taken_)};
  const auto length = reader.read<std::uint32_t>();
  if (!length) return std::optional<Frame>{};
  if (*length == 0 || *length > max_frame_bytes)
    return fail(Errc::internal, "media.protocol", "frame of " + std::to_string(*length) + " bytes");
  const auto body = reader.read_bytes(*length);
  if (!body) return std::optional<Frame>{};
  taken_ += 4 + *length;
  return std::optional{Frame{.type = static_cast<std::uint8_t>(body->front()), .payload = body->subspan(1)}};
}

Result<ChildMessage> parse_child_message(const Frame& frame) {
  Fields in{frame.payload};
  const auto done = [&](auto value) { return whole<ChildMessage>(in, std::move(value), frame.type); };
  switch (frame.type) {
    case begin:
      return done(BeginOutput{output(in)});
    case end:
      return done(EndOutput{output(in)});
    case progress:
      return done(Progress{in.number()});
    case ingested:
      return done(ingest_report(in));
    case rendered:
      return done(render_report(in));
    case pictured:
      return done(image_report(in));
    case write: {
      const auto to = output(in);
      return done(WriteOutput{.output = to, .bytes = in.rest()});
    }
    case need: {
      const auto channel = in.integer<std::uint32_t>();
      return done(NeedStem{.channel = channel, .segment = in.integer<std::uint32_t>()});
    }
    case failure: {
      auto key = in.string();
      return done(Failure{.key = std::move(key), .detail = in.string()});
    }
    default:
      return fail(Errc::internal, "media.protocol", "frame of unknown type " + std::to_string(frame.type));
  }
}

Result<ParentMessage> parse_parent_message(const Frame& frame) {
  Fields in{frame.payload};
  const auto done = [&](auto value) { return whole<ParentMessage>(in, std::move(value), frame.type); };
  switch (frame.type) {
    case request:
      return done(render_request(in));
    case stem_bytes:
      return done(StemBytes{in.rest()});
    case stem_end:
      return done(StemEnd{});
    default:
      return fail(Errc::internal, "media.protocol", "frame of unknown type " + std::to_string(frame.type));
  }
}

void put_message(Bytes& out, const ChildMessage& message) {
  put_frame(out, message);
}
void put_message(Bytes& out, const ParentMessage& message) {
  put_frame(out, message);
}

}  // namespace soundhub::media
