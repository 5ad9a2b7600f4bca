// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/folder.hpp"
#include "soundhub/blobs/observe.hpp"
#include "soundhub/blobs/s3.hpp"
#include "store_contract.hpp"
#include "swift_server.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

Made make_folder_store() {
  auto folder = std::make_shared<TempFolder>();
  auto store = open_folder(folder->path()).value();
  return {.keeps = std::move(folder), .store = std::move(store)};
}

Made make_observed_store() {
  auto made = make_folder_store();
  made.store = observed(std::move(made.store), [](const Operation&) {});
  return made;
}

Made make_s3_store() {
  return {.keeps = {}, .store = open_s3(SwiftServer::running().options()).value()};
}

INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, ::testing::Values(MakeStore{make_folder_store}));
INSTANTIATE_TEST_SUITE_P(Observed, StoreContract, ::testing::Values(MakeStore{make_observed_store}));
INSTANTIATE_TEST_SUITE_P(S3, StoreContract, ::testing::Values(MakeStore{make_s3_store}));

}  // namespace
}  // namespace soundhub::blobs
