// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/folder.hpp"
#include "store_contract.hpp"
#include "temp_folder.hpp"

namespace soundhub::blobs {
namespace {

Made make_folder_store() {
  auto folder = std::make_shared<TempFolder>();
  auto store = open_folder(folder->path()).value();
  return {.keeps = std::move(folder), .store = std::move(store)};
}

INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, ::testing::Values(MakeStore{make_folder_store}));

}  // namespace
}  // namespace soundhub::blobs
