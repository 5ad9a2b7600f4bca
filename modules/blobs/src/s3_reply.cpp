// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_reply.hpp"

#include <charconv>
#include <cstring>
#include <ctime>
#include <pugixml.hpp>

namespace soundhub::blobs {
namespace {

tl::unexpected<Error> not_understood(std::string_view what) {
  return fail(Errc::unavailable, "blob.unreachable", "S3 answers with something else than " + std::string{what});
}

Result<pugi::xml_node> root_of(pugi::xml_document& document, std::string_view xml, const char* name) {
  if (xml.size() > s3_reply_bytes || !document.load_buffer(xml.data(), xml.size())) return not_understood(name);
  const auto root = document.document_element();
  if (std::strcmp(root.name(), name) != 0) return not_understood(name);
  return root;
}

std::optional<Time> time_of(std::tm& parts, int millis) {
  const auto seconds = ::timegm(&parts);
  if (seconds < 0) return std::nullopt;
  return from_millis(std::int64_t{seconds} * 1000 + millis);
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

S3Failure parse_failure(std::string_view xml) {
  pugi::xml_document document;
  const auto root = root_of(document, xml, "Error");
  if (!root) return {};
  return {root->child_value("Code"), root->child_value("Message")};
}

Result<S3Page> parse_page(std::string_view xml) {
  pugi::xml_document document;
  SH_TRY(const auto root, root_of(document, xml, "ListBucketResult"));
  S3Page page;
  for (const auto node : root.children("Contents")) {
    const auto size = parse_count(node.child_value("Size"));
    const auto modified = parse_iso_time(node.child_value("LastModified"));
    if (!size || !modified) return not_understood("a list of objects");
    page.objects.push_back({node.child_value("Key"), *size, *modified});
  }
  if (std::strcmp(root.child_value("IsTruncated"), "true") == 0) {
    page.next = root.child_value("NextContinuationToken");
    if (page.next.empty()) return not_understood("a list that goes on");
  }
  return page;
}

Result<std::vector<S3Unfinished>> parse_uploads(std::string_view xml) {
  pugi::xml_document document;
  SH_TRY(const auto root, root_of(document, xml, "ListMultipartUploadsResult"));
  std::vector<S3Unfinished> uploads;
  for (const auto node : root.children("Upload")) {
    const auto begun = parse_iso_time(node.child_value("Initiated"));
    if (begun) uploads.push_back({node.child_value("Key"), node.child_value("UploadId"), *begun});
  }
  return uploads;
}

Result<std::string> parse_upload_id(std::string_view xml) {
  pugi::xml_document document;
  SH_TRY(const auto root, root_of(document, xml, "InitiateMultipartUploadResult"));
  std::string id = root.child_value("UploadId");
  if (id.empty()) return not_understood("an upload's id");
  return id;
}

std::optional<Time> parse_iso_time(std::string_view text) {
  std::tm parts{};
  const std::string whole{text};
  const char* rest = ::strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  int millis = 0;
  if (*rest == '.') {
    int scale = 100;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, scale /= 10) millis += (*rest - '0') * scale;
  }
  if (std::strcmp(rest, "Z") != 0) return std::nullopt;
  return time_of(parts, millis);
}

std::optional<Time> parse_http_time(std::string_view text) {
  std::tm parts{};
  const std::string whole{text};
  const char* rest = ::strptime(whole.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return time_of(parts, 0);
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-'), slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = parse_count(text.substr(0, dash));
  const auto last = parse_count(text.substr(dash + 1, slash - dash - 1));
  const auto total = parse_count(text.substr(slash + 1));
  if (!first || !last || !total || *last < *first || *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, *total};
}

}  // namespace soundhub::blobs
