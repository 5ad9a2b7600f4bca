// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>

#include "soundhub/http/message.hpp"
#include "soundhub/services/listening.hpp"

// From what the services say to what HTTP says. The only place that knows which Errc is which status.
namespace soundhub::api {

/// application/problem+json with the error's key; `internal` never tells its key or detail.
http::Response answer(const Error& error);
http::Response answer(int status, const boost::json::value& body);

/// Either half of a Result.
template <class T, class ToJson>
http::Response reply(const Result<T>& result, ToJson to_json, int status = 200) {
  return result ? answer(status, to_json(*result)) : answer(result.error());
}
http::Response reply_empty(const Result<void>& result);
/// Bytes under a tag that never change their content, or 302 to where they are.
http::Response reply_bytes(Result<services::Audible> result, std::string_view content_type);
/// What a link of these bytes must say, if they may be fetched by one.
services::Wanted wanted(const http::Request& request, std::string_view content_type, bool download = false);
/// attachment; filename="…"; filename*=UTF-8''… (RFC 6266)
std::string attachment(const std::string& file_name);

}  // namespace soundhub::api
