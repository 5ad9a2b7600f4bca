// SPDX-License-Identifier: AGPL-3.0-or-later
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chunked.hpp"
#include "head.hpp"
#include "soundhub/http/static_files.hpp"
#include "target.hpp"

using namespace soundhub::http;

namespace {

void must(bool held) {
  if (!held) std::abort();
}

void check_head(const Head& head) {
  must(head.asterisk || (head.path.starts_with('/') && valid_utf8(head.path)));
  must(head.asterisk || head.path.find("/../") == std::string::npos);
  must(head.path.find('\0') == std::string::npos);
  must(head.http_1_0 || head.headers.count("Host") == 1);
  must(head.headers.count("Content-Length") + head.headers.count("Transfer-Encoding") <= 1);
  parse_query(head.query);
  accepted_encodings(head.headers.find("Accept-Encoding"));
}

/// A body decoded whole and byte by byte must be the same.
void check_body(std::string_view body) {
  std::array<std::byte, 4096> one, two;
  if (body.size() > one.size()) return;
  ChunkDecoder whole, bytewise;
  const auto first = whole.decode(body, one);
  std::size_t consumed = 0, produced = 0;
  bool good = true;
  while (good && consumed < body.size() && !bytewise.done()) {
    const auto step = bytewise.decode(body.substr(consumed, 1), std::span{two}.subspan(produced));
    good = step.has_value();
    if (good) consumed += step->consumed, produced += step->produced;
  }
  must(first.has_value() == good);
  if (!good) return;
  must(first->consumed == consumed && first->produced == produced && whole.done() == bytewise.done());
  must(std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(produced), two.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto scan = scan_head(bytes, 0);
  const auto parsed = parse_head(bytes.substr(0, scan.size > 0 ? scan.size : size));
  if (parsed) check_head(*parsed);
  if (parsed) must(scan.state == HeadScan::State::complete);
  check_body(bytes.substr(scan.size));
  return 0;
}
