// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/takes.hpp"

#include "names.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub::takes {
namespace {

constexpr Names<State, 4> states{{"uploaded", "ingesting", "ready", "rejected"}};

}  // namespace

std::string_view to_string(State v) {
  return states.of(v);
}
std::optional<State> parse_state(std::string_view text) {
  return states.find(text);
}

Result<State> next_state(State from, State to) {
  const bool allowed = (from == State::uploaded && (to == State::ingesting || to == State::rejected)) ||
                       (from == State::ingesting && to != State::ingesting) ||
                       (from == State::rejected && to == State::uploaded);
  if (!allowed) return fail(Errc::conflict, "take.wrong_state");
  return to;
}

std::string display_file_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string out;
  for (auto rest = name; !rest.empty();) {
    const auto length = utf8_length(rest);
    if (length > 0 && static_cast<unsigned char>(rest.front()) >= 0x20 && rest.front() != 0x7f)
      out += rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out = std::string{trim(first_characters(out, 120))};
  return out.empty() ? "audio" : out;
}

}  // namespace soundhub::takes
