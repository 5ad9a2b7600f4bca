// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/multipart.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "text.hpp"

namespace soundhub::http {
namespace {

constexpr std::size_t most_parts = 100, most_head_bytes = 8 * 1024, most_boundary_bytes = 70;

/// A parameter of a header value ('form-data; name="a"; filename="b"'), quoted or a token.
std::optional<std::string> parameter(std::string_view value, std::string_view wanted) {
  auto at = value.find(';');
  while (at != std::string_view::npos) {
    value = trim(value.substr(at + 1));
    const auto equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = trim(value.substr(0, equals));
    value = value.substr(equals + 1);
    std::string text;
    std::size_t end = 0;
    if (value.starts_with('"')) {
      for (end = 1; end < value.size() && value[end] != '"'; ++end) {
        // Browsers escape quotes as %22; other clients by a backslash. A lone backslash is part of a Windows path.
        if (value[end] == '\\' && end + 1 < value.size() && (value[end + 1] == '"' || value[end + 1] == '\\')) ++end;
        text.push_back(value[end]);
      }
      if (end >= value.size()) return std::nullopt;
      ++end;
    } else {
      end = std::min(value.find(';'), value.size());
      text = trim(value.substr(0, end));
    }
    if (equal_no_case(name, wanted)) return text;
    at = value.find(';', end);
  }
  return std::nullopt;
}

tl::unexpected<Error> broken(std::string_view why) {
  return fail(Errc::invalid, "http.form_broken", std::string{why});
}

Result<FormPart> parse_part_head(std::string_view head) {
  FormPart part;
  bool disposed = false, wrong = false;
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return broken("field");
    const auto name = line.substr(0, colon), value = trim(line.substr(colon + 1));
    if (equal_no_case(name, "Content-Type")) part.content_type = value;
    if (!equal_no_case(name, "Content-Disposition")) continue;
    const auto field = parameter(value, "name");
    wrong = wrong || disposed || !equal_no_case(trim(value.substr(0, value.find(';'))), "form-data") || !field;
    disposed = true;
    part.name = field.value_or("");
    part.file_name = parameter(value, "filename").value_or("");
  }
  if (!disposed || wrong) return broken("disposition");
  return part;
}

/// Finds "\r\n--boundary" in bytes that come in pieces. The stream is read as if a line break came before it, so that
/// the first delimiter is like the others.
class FormParser {
 public:
  FormParser(const std::string& boundary, FormHandler& handler)
      : delimiter_{"\r\n--" + boundary}, held_{"\r\n"}, handler_{handler} {}

  Result<void> feed(std::string_view bytes) {
    held_.append(bytes);
    for (bool progress = true; progress;) {
      SH_TRY(progress, step());
    }
    return {};
  }

  Result<void> finish() const {
    if (state_ != State::epilogue) return broken("ends early");
    return {};
  }

 private:
  enum class State { preamble, after_delimiter, head, data, epilogue };

  Result<bool> step() {
    switch (state_) {
      case State::preamble:
      case State::data:
        return until_delimiter();
      case State::after_delimiter:
        return after_delimiter();
      case State::head:
        return head();
      case State::epilogue:
        held_.clear();
        return false;
    }
    return false;
  }

  /// Hands on what can't be the beginning of a delimiter.
  Result<bool> until_delimiter() {
    const auto at = held_.find(delimiter_);
    const auto sure = at != std::string::npos ? at : held_.size() - std::min(held_.size(), possible_tail());
    if (state_ == State::data && sure > 0) {
      SH_CHECK(handler_.data(as_bytes(std::string_view{held_}.substr(0, sure))));
    }
    held_.erase(0, sure);
    if (at == std::string::npos) return false;
    held_.erase(0, delimiter_.size());
    if (state_ == State::data) SH_CHECK(handler_.end());
    state_ = State::after_delimiter;
    return true;
  }

  /// The longest end of what is held that a delimiter begins with.
  std::size_t possible_tail() const {
    auto size = std::min(held_.size(), delimiter_.size() - 1);
    const std::string_view held{held_}, delimiter{delimiter_};
    while (size > 0 && held.substr(held.size() - size) != delimiter.substr(0, size)) --size;
    return size;
  }

  Result<bool> after_delimiter() {
    const auto filled = held_.find_first_not_of(" \t");
    if (filled == std::string::npos || held_.size() - filled < 2) {
      if (held_.size() > most_head_bytes) return broken("padding");
      return false;
    }
    const auto mark = std::string_view{held_}.substr(filled, 2);
    if (mark == "--") {
      state_ = State::epilogue;
    } else if (mark == "\r\n") {
      if (++parts_ > most_parts) return fail(Errc::too_large, "http.form_too_many_parts");
      state_ = State::head;
    } else {
      return broken("delimiter");
    }
    held_.erase(0, filled + 2);
    return true;
  }

  Result<bool> head() {
    const bool none = held_.starts_with("\r\n");
    const auto end = held_.find("\r\n\r\n");
    if (!none && std::min(end, held_.size()) > most_head_bytes)
      return fail(Errc::too_large, "http.form_too_many_parts");
    if (none) return broken("disposition");
    if (end == std::string::npos) return false;
    SH_TRY(const auto part, parse_part_head(std::string_view{held_}.substr(0, end)));
    SH_CHECK(handler_.begin(part));
    held_.erase(0, end + 4);
    state_ = State::data;
    return true;
  }

  const std::string delimiter_;
  std::string held_;
  FormHandler& handler_;
  State state_{State::preamble};
  std::size_t parts_{};
};

}  // namespace

Result<std::string> form_boundary(const Request& request) {
  const auto type = request.header("Content-Type");
  constexpr std::string_view wanted = "multipart/form-data";
  if (!type || !equal_no_case(trim(type->substr(0, type->find(';'))), wanted))
    return fail(Errc::invalid, "http.form_expected");
  const auto boundary = parameter(*type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > most_boundary_bytes ||
      boundary->find_first_of("\r\n") != std::string::npos)
    return fail(Errc::invalid, "http.form_expected");
  return *boundary;
}

Result<void> read_form(BodyReader& body, const std::string& boundary, FormHandler& handler) {
  FormParser parser{boundary, handler};
  std::array<std::byte, 16 * 1024> piece;
  for (;;) {
    SH_TRY(const auto count, body.read(piece));
    if (count == 0) return parser.finish();
    SH_CHECK(parser.feed(as_text({piece.data(), count})));
  }
}

}  // namespace soundhub::http
