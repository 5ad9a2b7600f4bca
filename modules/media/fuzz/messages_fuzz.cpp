// SPDX-License-Identifier: AGPL-3.0-or-later
// What a child that was taken over may send: any bytes in any pieces. What parses is encoded again and must parse
// again.
#include <cstdlib>

#include "soundhub/media/messages.hpp"

namespace {

template <class Parse>
void round_trip(const soundhub::media::Frame& frame, Parse parse) {
  const auto message = parse(frame);
  if (!message) return;
  soundhub::Bytes bytes;
  put_message(bytes, *message);
  soundhub::media::FrameReader reader;
  reader.append(bytes);
  const auto again = reader.next();
  if (!again || !*again || (*again)->type != frame.type || !parse(**again)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace soundhub::media;
  soundhub::BytesView rest{reinterpret_cast<const std::byte*>(data), size};
  FrameReader reader;
  while (!rest.empty()) {
    const auto piece = rest.first(std::min<std::size_t>(rest.size(), 1 + static_cast<std::size_t>(rest[0]) % 97));
    rest = rest.subspan(piece.size());
    reader.append(piece);
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return 0;
      if (!*frame) break;
      round_trip(**frame, [](const Frame& f) { return parse_child_message(f); });
      round_trip(**frame, [](const Frame& f) { return parse_parent_message(f); });
    }
  }
  return 0;
}
