// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// multipart/form-data (RFC 7578), read as it arrives: nothing is held but one delimiter's length and a part's head.
struct FormPart {
  std::string name;
  std::string file_name;  ///< empty for plain fields; as sent, never to be used as a path
  std::string content_type;
};

class FormHandler {
 public:
  virtual ~FormHandler() = default;
  virtual Result<void> begin(const FormPart& part) = 0;
  virtual Result<void> data(BytesView bytes) = 0;
  virtual Result<void> end() = 0;
};

/// The boundary of a Content-Type, or invalid "http.form_expected".
Result<std::string> form_boundary(const Request& request);
/// Reads the whole body through `handler`. invalid "http.form_broken" for anything that isn't RFC 7578 to its end;
/// too_large "http.form_too_many_parts" above 100 parts or 8 KiB of one part's head.
Result<void> read_form(BodyReader& body, const std::string& boundary, FormHandler& handler);

}  // namespace soundhub::http
