// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "soundhub/http/multipart.hpp"

using namespace soundhub;
using namespace soundhub::http;

namespace {

class Pieces final : public BodyReader {
 public:
  Pieces(std::string_view text, std::size_t step) : text_{text}, step_{step} {}
  std::optional<std::uint64_t> declared_size() const override { return std::nullopt; }
  Result<std::size_t> read(std::span<std::byte> out) override {
    const auto count = std::min({step_, out.size(), text_.size()});
    if (count > 0) std::memcpy(out.data(), text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  std::size_t step_;
};

class Transcript final : public FormHandler {
 public:
  std::string text;
  Result<void> begin(const FormPart& part) override {
    text += "[" + part.name + "|" + part.file_name + "|" + part.content_type + "|";
    return {};
  }
  Result<void> data(BytesView bytes) override {
    text += as_text(bytes);
    return {};
  }
  Result<void> end() override {
    text += "]";
    return {};
  }
};

}  // namespace

/// The first byte is the size of the pieces; the form must read the same as in one piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 12'000) return 0;
  const std::string_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  Pieces whole{body, SIZE_MAX}, split{body, std::size_t{data[0]} + 1};
  Transcript one, two;
  const bool first = read_form(whole, "XYZ", one).has_value(), second = read_form(split, "XYZ", two).has_value();
  if (first != second || (first && one.text != two.text)) std::abort();
  return 0;
}
