// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <span>
#include <string>

namespace soundhub::app {

/// The program's verbs: each takes its words, answers with an exit code (0 done, 1 it failed, 2 used wrongly).
int serve(std::span<const std::string> words);
int work(std::span<const std::string> words);
int migrate(std::span<const std::string> words);
int blobs(std::span<const std::string> words);
int backup(std::span<const std::string> words);
int restore(std::span<const std::string> words);
int check_config(std::span<const std::string> words);
int doctor(std::span<const std::string> words);
int verify(std::span<const std::string> words);
int sweep(std::span<const std::string> words);
int admin(std::span<const std::string> words);
int demo(std::span<const std::string> words);
int routes(std::span<const std::string> words);

}  // namespace soundhub::app
