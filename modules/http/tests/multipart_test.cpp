// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/multipart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace soundhub::http {
namespace {

/// A body that comes in two pieces, or in pieces of a fixed size.
class Pieces final : public BodyReader {
 public:
  Pieces(std::string text, std::size_t first, std::size_t then) : text_{std::move(text)}, next_{first}, then_{then} {}
  std::optional<std::uint64_t> declared_size() const override { return text_.size(); }
  Result<std::size_t> read(std::span<std::byte> out) override {
    const auto count = std::min({next_, out.size(), text_.size() - at_});
    std::memcpy(out.data(), text_.data() + at_, count);
    at_ += count;
    next_ = then_;
    return count;
  }

 private:
  std::string text_;
  std::size_t at_{}, next_, then_;
};

/// What a form said, as one text: order, names and bytes.
class Transcript final : public FormHandler {
 public:
  std::string text;
  Result<void> begin(const FormPart& p) override {
    text += "[" + p.name + "|" + p.file_name + "|" + p.content_type + "|";
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

std::string read(const std::string& body, std::size_t first, std::size_t then = SIZE_MAX) {
  Pieces pieces{body, first, then};
  Transcript transcript;
  const auto done = read_form(pieces, "XYZ", transcript);
  return done ? transcript.text : done.error().key;
}
std::string read(const std::string& body) {
  return read(body, SIZE_MAX);
}

const std::string form =
    "preamble\r\n--XYZ\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n곡 제목\r\n"
    "--XYZ  \r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\";.wav\"\r\nContent-Type: "
    "audio/wav\r\n"
    "\r\n\r\n--XY\r\n--XYY\r\n\r\r\n--\r\n--XYZ\r\nContent-Disposition: form-data; "
    "name=empty\r\n\r\n\r\n--XYZ--\r\nepilogue";
const std::string transcript = "[title|||곡 제목][file|a \"b\";.wav|audio/wav|\r\n--XY\r\n--XYY\r\n\r\r\n--][empty|||]";

TEST(Multipart, ReadsFieldsAndFilesWithBytesThatLookLikeDelimiters) {
  EXPECT_EQ(read(form), transcript);
}

TEST(Multipart, SplitAnywhereItIsTheSameForm) {
  for (std::size_t at = 1; at < form.size(); ++at) ASSERT_EQ(read(form, at), transcript) << "split at " << at;
  for (std::size_t size = 1; size < 9; ++size) ASSERT_EQ(read(form, size, size), transcript) << "pieces of " << size;
}

TEST(Multipart, CutOffAnywhereBeforeItsEndItIsBroken) {
  const auto end = form.find("--XYZ--") + 7;
  for (std::size_t size = 0; size < end; ++size)
    ASSERT_EQ(read(form.substr(0, size)), "http.form_broken") << "first " << size << " bytes";
}

TEST(Multipart, APartMustSayItsName) {
  EXPECT_EQ(read("--XYZ\r\n\r\nx\r\n--XYZ--"), "http.form_broken");
  EXPECT_EQ(read("--XYZ\r\nContent-Type: a/b\r\n\r\nx\r\n--XYZ--"), "http.form_broken");
  EXPECT_EQ(read("--XYZ\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--XYZ--"), "http.form_broken");
  EXPECT_EQ(read("--XYZ\r\nContent-Disposition: form-data; filename=a\r\n\r\nx\r\n--XYZ--"), "http.form_broken");
}

TEST(Multipart, TooManyPartsOrTooLongAHeadIsTooLarge) {
  const std::string part = "--XYZ\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += part;
  EXPECT_EQ(read(hundred + "--XYZ--").size(), std::string{"[a|||1]"}.size() * 100);
  EXPECT_EQ(read(hundred + part + "--XYZ--"), "http.form_too_many_parts");
  EXPECT_EQ(read("--XYZ\r\nX: " + std::string(9000, 'a')), "http.form_too_many_parts");
}

TEST(Multipart, TheBoundaryComesFromTheContentType) {
  const auto boundary = [](const char* type) {
    Request request;
    request.headers.add("Content-Type", type);
    return form_boundary(request).value_or("none");
  };
  EXPECT_EQ(boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), "a b");
  EXPECT_EQ(boundary("multipart/form-data"), "none");
  EXPECT_EQ(boundary("multipart/mixed; boundary=abc"), "none");
  EXPECT_EQ(boundary(("multipart/form-data; boundary=" + std::string(71, 'a')).c_str()), "none");
}

}  // namespace
}  // namespace soundhub::http
