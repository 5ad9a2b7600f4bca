// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>

#include "soundhub/http/static_files.hpp"
#include "test_server.hpp"

namespace soundhub::http::test {
namespace {

std::string bytes_of(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + i * i % 23);
  return out;
}

/// A real file, so that the server sends it by sendfile(2).
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& bytes) : size_{bytes.size()} {
    std::string path = std::filesystem::temp_directory_path() / "soundhub-http-XXXXXX";
    fd_.reset(::mkstemp(path.data()));
    ::unlink(path.c_str());
    EXPECT_EQ(::write(fd_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(std::uint64_t, std::span<std::byte>) override { return fail(Errc::internal, "unused"); }
  std::optional<int> descriptor() const override { return fd_.get(); }

 private:
  Fd fd_;
  std::uint64_t size_;
};

/// Fails after its first 200,000 bytes, as a store whose network breaks.
class BreakingSource final : public ByteSource {
 public:
  std::uint64_t size() const override { return 1'000'000; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > 200'000) return fail(Errc::unavailable, "blob.gone");
    return out.size();
  }
};

std::string gunzip(const std::string& text) {
  std::string out(1 << 20, '\0');
  z_stream z{};
  inflateInit2(&z, 31);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

class Files : public ServerTest {
 protected:
  static constexpr std::size_t size = 700'001;
  const std::string content_ = bytes_of(size);

  void SetUp() override {
    const auto file_with = [](auto make) {
      return [make](Request&) {
        return Response{
            200,
            {{"Content-Type", "audio/flac"}, {"ETag", "\"v1\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}},
            make()};
      };
    };
    route(Method::get, "/file", file_with([this] { return std::make_unique<FileSource>(content_); }));
    route(Method::get, "/memory", file_with([this] { return std::make_unique<MemorySource>(content_); }));
    route(Method::get, "/empty", file_with([] { return std::make_unique<MemorySource>(""); }));
    route(Method::get, "/breaks", file_with([] { return std::make_unique<BreakingSource>(); }));
    route(Method::get, "/text", [](Request&) {
      return Response{200, {{"Content-Type", "application/json"}, {"ETag", "\"t\""}}, std::string(5000, 'x')};
    });
    route(Method::get, "/short", [](Request&) { return text(200, "short", "text/plain"); });
    serve();
  }
};

TEST_F(Files, AFileAndAMemorySourceArriveWhole) {
  auto c = client();
  for (const auto* path : {"/file", "/memory", "/file"}) {
    const auto reply = c.ask(get(path));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.field("accept-ranges"), "bytes");
    EXPECT_TRUE(reply.body == content_) << path;
  }
  EXPECT_EQ(c.ask(get("/empty")).field("content-length"), "0");
}

TEST_F(Files, OneRangeIsPartialContent) {
  for (const auto* path : {"/file", "/memory"}) {
    const auto reply = ask(get(path, "Range: bytes=1000-300999\r\n"));
    EXPECT_EQ(reply.status, 206);
    EXPECT_EQ(reply.field("content-range"), "bytes 1000-300999/700001");
    EXPECT_TRUE(reply.body == content_.substr(1000, 300'000));
  }
  EXPECT_EQ(ask(get("/file", "Range: bytes=-5\r\n")).body, content_.substr(size - 5));
}

TEST_F(Files, SeveralRangesAreSentAsMultipart) {
  const auto reply = ask(get("/file", "Range: bytes=0-1,10-19\r\n"));
  EXPECT_EQ(reply.status, 206);
  const auto type = reply.field("content-type");
  const std::string prefix = "multipart/byteranges; boundary=";
  ASSERT_TRUE(type.starts_with(prefix));
  const auto boundary = type.substr(prefix.size());
  const auto part = [&](const char* range, std::size_t first, std::size_t count) {
    return "--" + boundary + "\r\nContent-Type: audio/flac\r\nContent-Range: bytes " + range + "/700001\r\n\r\n" +
           content_.substr(first, count) + "\r\n";
  };
  EXPECT_EQ(reply.body, part("0-1", 0, 2) + part("10-19", 10, 10) + "--" + boundary + "--\r\n");
}

TEST_F(Files, ARangeOutsideIs416WithTheSize) {
  const auto reply = ask(get("/file", "Range: bytes=700001-\r\n"));
  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(reply.field("content-range"), "bytes */700001");
  EXPECT_NE(reply.body.find("http.range_unsatisfiable"), std::string::npos);
}

TEST_F(Files, IfRangeByTagOrDateDecidesBetweenThePartAndTheWhole) {
  const auto status = [&](const char* condition) {
    return ask(get("/file", "Range: bytes=0-0\r\nIf-Range: " + std::string{condition} + "\r\n")).status;
  };
  EXPECT_EQ(status("\"v1\""), 206);
  EXPECT_EQ(status("\"v2\""), 200);
  EXPECT_EQ(status("W/\"v1\""), 200);
  EXPECT_EQ(status("Sun, 06 Nov 1994 08:49:37 GMT"), 206);
  EXPECT_EQ(status("Sun, 06 Nov 1994 08:49:38 GMT"), 200);
}

TEST_F(Files, WhatTheClientHasIs304WithoutABody) {
  auto c = client();
  const auto reply = c.ask(get("/file", "If-None-Match: \"x\", W/\"v1\"\r\n"));
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.field("etag"), "\"v1\"");
  EXPECT_EQ(c.ask(get("/file", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n")).status, 304);
  EXPECT_EQ(c.ask(get("/file", "If-Match: \"v2\"\r\n")).status, 412);
  EXPECT_EQ(c.ask(get("/short")).body, "short");
}

TEST_F(Files, HeadIsTheSameAnswerWithoutItsBody) {
  auto c = client();
  c.send("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = c.read(true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("content-length"), std::to_string(size));
  EXPECT_EQ(c.ask(get("/short")).body, "short");
}

TEST_F(Files, LongTextIsCompressedForWhoTakesItUnderATagOfItsOwn) {
  auto c = client();
  const auto zipped = c.ask(get("/text", "Accept-Encoding: br, gzip;q=0.8\r\n"));
  EXPECT_EQ(zipped.field("content-encoding"), "gzip");
  EXPECT_EQ(zipped.field("vary"), "Accept-Encoding");
  EXPECT_EQ(zipped.field("etag"), "\"t-gz\"");
  EXPECT_EQ(gunzip(zipped.body), std::string(5000, 'x'));
  const auto plain = c.ask(get("/text", "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_EQ(plain.field("etag"), "\"t\"");
  EXPECT_EQ(plain.field("vary"), "Accept-Encoding");
  EXPECT_EQ(plain.body, std::string(5000, 'x'));
  EXPECT_EQ(c.ask(get("/text", "Accept-Encoding: gzip\r\nIf-None-Match: \"t-gz\"\r\n")).status, 304);
  EXPECT_EQ(c.ask(get("/short", "Accept-Encoding: gzip\r\n")).field("content-encoding"), "");
}

TEST_F(Files, ASourceThatBreaksCutsTheConnectionAndIsLogged) {
  auto c = client();
  c.send(get("/breaks"));
  EXPECT_LT(c.read().body.size(), 1'000'000u);
  EXPECT_TRUE(c.closed_by_server());
  EXPECT_EQ(lines_with("http.source_failed").size(), 1u);
}

TEST_F(Files, AClientThatLeavesInTheMiddleHarmsNobody) {
  for (int i = 0; i < 20; ++i) client().send(get(i % 2 ? "/file" : "/memory"));
  EXPECT_TRUE(ask(get("/file")).body == content_);
}

}  // namespace
}  // namespace soundhub::http::test
