// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"
#include "soundhub/http/multipart.hpp"

// Resumable uploads: tus 1.0 (https://tus.io/protocols/resumable-upload), with creation, expiration and termination.
namespace soundhub::api {
namespace {

constexpr std::string_view tus_version = "1.0.0";

http::Response tus(http::Response response) {
  response.headers.set("Tus-Resumable", std::string{tus_version});
  response.headers.set("Cache-Control", "no-store");
  return response;
}

bool speaks_our_tus(const http::Request& request) {
  return request.header("Tus-Resumable") == tus_version;
}

http::Response wrong_version() {
  auto response = http::problem(412, "upload.tus_version");
  response.headers.set("Tus-Version", std::string{tus_version});
  return tus(std::move(response));
}

std::optional<std::int64_t> header_number(const http::Request& request, std::string_view name) {
  const auto text = request.header(name);
  const auto number = text ? parse_integer(*text) : std::nullopt;
  return number && *number >= 0 ? number : std::nullopt;
}

// "filename d29ybGQ=,type YXVkaW8=": the base64 of `name`, or "".
std::string metadata(const http::Request& request, std::string_view name) {
  auto rest = request.header("Upload-Metadata").value_or("");
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const auto pair = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const auto space = pair.find(' ');
    if (space == std::string_view::npos || pair.substr(0, space) != name) continue;
    const auto bytes = from_base64(trim(pair.substr(space + 1)));
    return bytes ? std::string{as_text(*bytes)} : std::string{};
  }
  return {};
}

void add_offsets(http::Response& response, const uploads::Upload& upload) {
  response.headers.set("Upload-Offset", std::to_string(upload.offset_bytes));
  response.headers.set("Upload-Length", std::to_string(upload.size_bytes));
}

http::Response options(const Services& s) {
  auto response = http::empty(204);
  response.headers.set("Tus-Version", std::string{tus_version});
  response.headers.set("Tus-Extension", "creation,expiration,termination");
  response.headers.set("Tus-Max-Size", std::to_string(s.uploads.limits().file_bytes));
  return tus(std::move(response));
}

http::Response create(Services& s, const http::Request& request, const Caller& caller) {
  if (!speaks_our_tus(request)) return wrong_version();
  const auto size = header_number(request, "Upload-Length");
  if (!size) return tus(http::problem(400, "upload.length_missing"));
  const auto upload = s.uploads.begin(caller.user(), *size, metadata(request, "filename"));
  if (!upload) return tus(answer(upload.error()));
  auto response = http::empty(201);
  response.headers.set("Location", "/api/v1/uploads/" + upload->id);
  return tus(std::move(response));
}

http::Response offset(Services& s, const http::Request& request, const Caller& caller) {
  const auto upload = s.uploads.get(caller.user(), request.params.find("upload_id")->second);
  if (!upload) return tus(answer(upload.error()));
  auto response = http::empty(200);
  add_offsets(response, *upload);
  return tus(std::move(response));
}

http::Response append(Services& s, http::Request& request, const Caller& caller) {
  if (!speaks_our_tus(request)) return wrong_version();
  if (request.header("Content-Type") != "application/offset+octet-stream")
    return tus(http::problem(415, "upload.content_type"));
  const auto at = header_number(request, "Upload-Offset");
  if (!at) return tus(http::problem(400, "upload.offset_missing"));
  const auto upload = s.uploads.append(caller.user(), request.params.find("upload_id")->second, *at,
                                       [&](std::span<std::byte> out) { return request.body->read(out); });
  if (!upload) return tus(answer(upload.error()));
  auto response = http::empty(204);
  add_offsets(response, *upload);
  return tus(std::move(response));
}

// The field "file" goes to the store as it comes; other fields are let pass.
class FileField final : public http::FormHandler {
 public:
  FileField(services::Uploads& uploads, UserId owner) : uploads_{uploads}, owner_{owner} {}
  Result<void> begin(const http::FormPart& part) override {
    taking_ = part.name == "file" && !file_;
    if (!taking_) return {};
    SH_TRY(file_, uploads_.begin_whole(owner_, part.file_name));
    return {};
  }
  Result<void> data(BytesView bytes) override { return taking_ ? file_->write(bytes) : Result<void>{}; }
  Result<void> end() override {
    taking_ = false;
    return {};
  }
  Result<uploads::Upload> commit() {
    if (!file_) return fail(Errc::invalid, "upload.file_missing");
    return file_->commit();
  }

 private:
  services::Uploads& uploads_;
  UserId owner_;
  std::unique_ptr<services::Uploads::Whole> file_;
  bool taking_{};
};

Result<uploads::Upload> read_file(Services& s, http::Request& request, const Caller& caller) {
  SH_TRY(const auto boundary, http::form_boundary(request));
  FileField file{s.uploads, caller.user()};
  SH_CHECK(http::read_form(*request.body, boundary, file));
  return file.commit();
}

}  // namespace

void add_uploads(Rows& rows, Services& s) {
  using enum http::Method;
  const http::Limits large{.body_bytes = static_cast<std::uint64_t>(s.uploads.limits().file_bytes) + 64 * 1024,
                           .deadline = std::chrono::hours{6}};
  rows.push_back({http::Method::options, "/api/v1/uploads", Access::anyone,
                  [&s](http::Request&, const Caller&) { return api::options(s); }});
  rows.push_back(
      {post, "/api/v1/uploads", Access::account, [&s](http::Request& r, const Caller& c) { return create(s, r, c); }});
  rows.push_back({post, "/api/v1/uploads/form", Access::account,
                  [&s](http::Request& r, const Caller& c) {
                    return reply(
                        read_file(s, r, c), [](const uploads::Upload& u) { return json_of(u); }, 201);
                  },
                  large});
  rows.push_back({head, "/api/v1/uploads/{upload_id}", Access::account,
                  [&s](http::Request& r, const Caller& c) { return offset(s, r, c); }});
  rows.push_back({patch, "/api/v1/uploads/{upload_id}", Access::account,
                  [&s](http::Request& r, const Caller& c) { return append(s, r, c); }, large});
  rows.push_back({del, "/api/v1/uploads/{upload_id}", Access::account, [&s](http::Request& r, const Caller& c) {
                    return tus(reply_empty(s.uploads.remove(c.user(), r.params.find("upload_id")->second)));
                  }});
}

}  // namespace soundhub::api
