// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace soundhub {

/// What kind of thing went wrong; `api` alone turns this into a status code.
enum class Errc {
  invalid,
  unauthenticated,
  forbidden,
  not_found,
  conflict,
  too_large,
  too_many,
  unavailable,
  internal
};

/// What went wrong, said twice: once for the caller, once for us.
struct Error {
  Errc code{Errc::internal};
  std::string key;     ///< stable and public, e.g. "song.title_missing"; the web app translates it
  std::string detail;  ///< log only: may hold a path, SQL or what a library printed
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string_view key, std::string detail = {}) {
  return tl::unexpected(Error{code, std::string{key}, std::move(detail)});
}

/// `internal` with errno's text, for system calls.
tl::unexpected<Error> fail_errno(std::string_view what);

}  // namespace soundhub

#define SH_CONCAT_(a, b) a##b
#define SH_CONCAT(a, b) SH_CONCAT_(a, b)
#define SH_TRY_IMPL(tmp, var, expr)                        \
  auto tmp = (expr);                                       \
  if (!tmp) return tl::unexpected(std::move(tmp).error()); \
  var = *std::move(tmp)
/// SH_TRY(const auto rows, sql.run(tx)): the value, or return the error. (A counter and not the line makes the names:
/// the macros nest, and all of a nest has one line.)
#define SH_TRY(var, expr) SH_TRY_IMPL(SH_CONCAT(sh_try_, __COUNTER__), var, expr)
#define SH_CHECK_IMPL(tmp, expr) \
  if (auto tmp = (expr); !tmp) return tl::unexpected(std::move(tmp).error())
/// SH_CHECK(tx.commit()): for Result<void>, or when the value doesn't matter.
#define SH_CHECK(expr) SH_CHECK_IMPL(SH_CONCAT(sh_check_, __COUNTER__), expr)
