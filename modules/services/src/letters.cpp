// SPDX-License-Identifier: AGPL-3.0-or-later
#include "letters.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace soundhub::services::letters {
namespace {

using mails::Kind;
using mails::Language;

struct Words {
  std::string_view subject, sentence, button, after;
};

struct Frame {
  std::string_view greeting, why, off;
  std::array<std::string_view, 8> instruments;  ///< in the order of songs::Instrument
};

constexpr Frame english{"Hello {reader},",
                        "You get this because you take part in this song.",
                        "Turn such mails off",
                        {"vocals", "guitar", "bass", "drums", "keys", "strings", "winds", "another instrument"}};
constexpr Frame korean{"{reader} 님, 안녕하세요.",
                       "이 곡에 함께하고 있어서 보내 드리는 메일이에요.",
                       "이런 메일 그만 받기",
                       {"보컬", "기타", "베이스", "드럼", "건반", "현악", "관악", "그 밖의 악기"}};

// In the order of mails::Kind.
constexpr std::array<Words, 5> in_english{{
    {"A new password for SoundHub",
     "somebody, probably you, wants a new password for this account. The link works once, and for one hour.",
     "Choose a new password", "If it wasn't you there is nothing to do: your password stays as it is."},
    {"{other} offered {instrument} for “{song}”", "{other} has offered {instrument} for your song “{song}”.",
     "Hear it in the song", "You decide whether it goes in."},
    {"“{song}” has your {instrument} now", "{other} has taken your {instrument} into “{song}”.", "Listen to the song",
     ""},
    {"About your {instrument} for “{song}”", "{other} has not taken your {instrument} into “{song}” this time.",
     "Go to the song", "Minds change: it may still be taken later."},
    {"“{song}” is out, and you play in it", "release {release} of “{song}” by {other} is out, and you are heard in it.",
     "Listen to it", ""},
}};
constexpr std::array<Words, 5> in_korean{{
    {"SoundHub 새 비밀번호",
     "이 계정의 새 비밀번호를 정하려는 요청이 있었어요. 아래 링크는 한 시간 안에 한 번만 쓸 수 있어요.",
     "새 비밀번호 정하기", "요청하지 않으셨다면 아무것도 하지 않으셔도 돼요. 비밀번호는 그대로예요."},
    {"{other} 님이 「{song}」에 {instrument} 파트를 제안했어요",
     "{other} 님이 회원님의 곡 「{song}」에 {instrument} 파트를 제안했어요.", "곡 안에서 들어 보기",
     "곡에 넣을지는 직접 정하시면 돼요."},
    {"{instrument} 파트가 「{song}」에 들어갔어요", "{other} 님이 회원님의 {instrument} 파트를 「{song}」에 넣었어요.",
     "곡 들어 보기", ""},
    {"「{song}」에 제안한 {instrument} 파트 소식",
     "{other} 님이 이번에는 회원님의 {instrument} 파트를 「{song}」에 넣지 않았어요.", "곡으로 가기",
     "나중에 마음이 바뀌어 넣을 수도 있어요."},
    {"「{song}」 릴리스가 나왔어요", "회원님이 연주한 {other} 님의 곡 「{song}」의 새 릴리스({release}번)가 나왔어요.",
     "들어 보기", ""},
}};

const Words& words_of(Kind kind, Language language) {
  return (language == Language::ko ? in_korean : in_english)[static_cast<std::size_t>(kind)];
}

/// Puts facts into their places, once: what a title holds is no place.
class Filler {
 public:
  Filler(const Facts& facts, const Frame& frame) : facts_{facts}, frame_{frame} {}
  std::string operator()(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const auto open = text.find('{');
      out += text.substr(0, open);
      if (open == std::string_view::npos) break;
      const auto close = text.find('}', open);
      out += fact(text.substr(open + 1, close - open - 1));
      text.remove_prefix(close + 1);
    }
    return out;
  }

 private:
  std::string fact(std::string_view name) const {
    if (name == "reader") return facts_.reader;
    if (name == "other") return facts_.other;
    if (name == "song") return facts_.song;
    if (name == "release") return std::to_string(facts_.release_number);
    return std::string{frame_.instruments[static_cast<std::size_t>(facts_.instrument)]};
  }
  const Facts& facts_;
  const Frame& frame_;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string html_of(const std::string& greeting, const std::string& sentence, const Words& words, const Frame& frame,
                    const Facts& facts, Language language) {
  auto out = fmt::format(
      "<!doctype html><html lang=\"{}\"><body style=\"font:16px/1.6 sans-serif;max-width:560px\"><p>{}</p><p>{}</p>"
      "<p><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;border-radius:22px;background:#111;"
      "color:#fff;text-decoration:none\">{}</a></p>",
      mails::to_string(language), escaped(greeting), escaped(sentence), escaped(facts.link), escaped(words.button));
  if (!words.after.empty()) out += fmt::format("<p>{}</p>", escaped(words.after));
  if (!facts.off_link.empty())
    out += fmt::format("<p style=\"font-size:13px;color:#555\">{} <a href=\"{}\">{}</a></p>", escaped(frame.why),
                       escaped(facts.off_link), escaped(frame.off));
  return out + "</body></html>\n";
}

std::string text_of(const std::string& greeting, const std::string& sentence, const Words& words, const Frame& frame,
                    const Facts& facts) {
  auto out = fmt::format("{}\n\n{}\n\n{}\n{}\n", greeting, sentence, words.button, facts.link);
  if (!words.after.empty()) out += fmt::format("\n{}\n", words.after);
  if (!facts.off_link.empty()) out += fmt::format("\n-- \n{} {}:\n{}\n", frame.why, frame.off, facts.off_link);
  return out;
}

}  // namespace

Letter compose(Kind kind, Language language, const Facts& facts) {
  const auto& frame = language == Language::ko ? korean : english;
  const auto& words = words_of(kind, language);
  const Filler fill{facts, frame};
  const auto greeting = fill(frame.greeting), sentence = fill(words.sentence);
  return {.subject = fill(words.subject),
          .text = text_of(greeting, sentence, words, frame, facts),
          .html = html_of(greeting, sentence, words, frame, facts, language)};
}

}  // namespace soundhub::services::letters
