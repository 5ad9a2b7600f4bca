// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>

#include "soundhub/http/message.hpp"

namespace soundhub::api {

/// A body that is there at once.
class TextBody final : public http::BodyReader {
 public:
  explicit TextBody(std::string text) : text_{std::move(text)} {}
  std::optional<std::uint64_t> declared_size() const override { return text_.size(); }
  Result<std::size_t> read(std::span<std::byte> out) override {
    const auto size = std::min(out.size(), text_.size() - at_);
    std::ranges::copy(as_bytes(std::string_view{text_}.substr(at_, size)), out.begin());
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t at_{};
};

inline std::string text_of(const http::Response& response) {
  return std::get<std::string>(response.body);
}
inline boost::json::object json_of_body(const http::Response& response) {
  return boost::json::parse(text_of(response)).as_object();
}

}  // namespace soundhub::api
