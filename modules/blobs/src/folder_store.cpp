// SPDX-License-Identifier: AGPL-3.0-or-later
#include "folder_store.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "files.hpp"
#include "folder_writer.hpp"
#include "soundhub/blobs/folder.hpp"

namespace soundhub::blobs {
namespace {

namespace fs = std::filesystem;

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_file("mkdir " + path);
  return {};
}

tl::unexpected<Error> not_there(const BlobKey& key) {
  return fail(Errc::not_found, "blob.not_found", key.hex());
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_folder(const fs::path& path) {
  return FolderStore::open_at(path);
}

Result<std::unique_ptr<BlobStore>> FolderStore::open_at(const fs::path& root) {
  std::error_code error;
  fs::create_directories(root, error);
  if (error) return fail(Errc::internal, "internal", "mkdir " + root.string() + ": " + error.message());
  std::unique_ptr<FolderStore> store{new FolderStore{fs::canonical(root)}};
  SH_CHECK(store->make_folders());
  SH_CHECK(store->clean_up());
  return store;
}

Result<void> FolderStore::make_folders() {
  SH_CHECK(make_folder(root_ / "objects"));
  SH_CHECK(make_folder(root_ / "tmp"));
  SH_CHECK(sync_folder(root_));
  return sync_folder(root_.parent_path());
}

// Shelves are made when first needed (256 at once would cost the start 0.1 s). One that is there may have been made by
// another process that hasn't flushed it yet: so each process flushes once for each.
Result<void> FolderStore::make_shelf(const BlobKey& key) {
  auto& flushed = flushed_[std::stoul(key.hex().substr(0, 2), nullptr, 16)];
  if (flushed) return {};
  SH_CHECK(make_folder(shelf_of(key)));
  SH_CHECK(sync_folder(root_ / "objects"));
  flushed = true;
  return {};
}

Result<void> FolderStore::clean_up() {
  const auto a_day_ago = SystemClock{}.now() - std::chrono::days{1};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{root_ / "tmp", error}) {
    const auto name = entry.path().filename().string();
    struct stat info {};
    if (::stat(entry.path().c_str(), &info) != 0) continue;
    // remove() was interrupted: whether it was to go is not known, so it stays until the next sweep.
    if (const auto key = BlobKey::parse(name.substr(name.find('-') + 1)); key) {
      SH_CHECK(make_shelf(*key));
      if (::link(entry.path().c_str(), path_of(*key).c_str()) != 0 && errno != EEXIST)
        return fail_file("restore a blob");
      SH_CHECK(sync_folder(shelf_of(*key)));
      ::unlink(entry.path().c_str());
    } else if (modified_at(info) < a_day_ago) {
      ::unlink(entry.path().c_str());
    }
  }
  return {};
}

Result<std::unique_ptr<BlobWriter>> FolderStore::begin() {
  std::string path = root_ / "tmp" / "blob-XXXXXX";
  Fd fd{::mkostemp(path.data(), O_CLOEXEC)};
  if (!fd) return fail_file("create " + path);
  return std::make_unique<FolderWriter>(*this, std::move(fd), std::move(path));
}

Result<void> FolderStore::adopt(const std::string& temporary, const Blob& blob) {
  const auto path = path_of(blob.key);
  SH_CHECK(make_shelf(blob.key));
  for (bool named = false; !named;) {
    if (::link(temporary.c_str(), path.c_str()) == 0) break;
    if (errno != EEXIST) return fail_file("link " + path);
    SH_TRY(named, refresh(temporary, blob));
  }
  // Also if it was there: whoever linked it may not have come to flush the folder yet.
  return sync_folder(shelf_of(blob.key));
}

// The blob exists: makes it young, so that no sweep takes it before a row names it. False if one just has: the
// caller links again. remove() moves first and looks at the age after it; looking at the name after making it young
// closes the gap between the two.
Result<bool> FolderStore::refresh(const std::string& temporary, const Blob& blob) {
  const auto path = path_of(blob.key);
  const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat held {
  }, named{};
  if (!fd || ::fstat(fd.get(), &held) != 0) return errno == ENOENT ? Result<bool>{false} : fail_file("open " + path);
  if (static_cast<std::uint64_t>(held.st_size) != blob.size_bytes) {
    // Cut short by a broken disk; ours is whole.
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail_file("rename " + path);
    return true;
  }
  if (::futimens(fd.get(), nullptr) != 0) return fail_file("touch " + path);
  return ::stat(path.c_str(), &named) == 0 && named.st_ino == held.st_ino;
}

Result<std::unique_ptr<ByteSource>> FolderStore::open(const BlobKey& key) {
  Fd fd{::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && errno == ENOENT) return not_there(key);
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return fail_file("open " + key.hex());
  return std::make_unique<FileSource>(std::move(fd), static_cast<std::uint64_t>(info.st_size));
}

Result<Blob> FolderStore::stat(const BlobKey& key) {
  struct stat info {};
  if (::stat(path_of(key).c_str(), &info) == 0) return Blob{key, static_cast<std::uint64_t>(info.st_size)};
  if (errno == ENOENT) return not_there(key);
  return fail_file("stat " + key.hex());
}

Result<void> FolderStore::list(const std::function<Result<void>(const Listed&)>& visit) {
  std::error_code error;
  fs::recursive_directory_iterator at{root_ / "objects", error};
  for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error)) {
    const auto key = BlobKey::parse(at->path().filename().string());
    struct stat info {};
    if (!key || ::stat(at->path().c_str(), &info) != 0) continue;
    SH_CHECK(visit({.blob = {*key, static_cast<std::uint64_t>(info.st_size)}, .put_at = modified_at(info)}));
  }
  if (error) return fail(Errc::internal, "internal", "list blobs: " + error.message());
  return {};
}

Result<bool> FolderStore::remove(const BlobKey& key, Time older_than) {
  const auto path = path_of(key), trash = trash_of(key);
  if (::rename(path.c_str(), trash.c_str()) != 0)
    return errno == ENOENT ? Result<bool>{true} : fail_file("remove " + path);
  struct stat info {};
  // ENOENT: a store that was opened meanwhile has put it back.
  if (::stat(trash.c_str(), &info) != 0) return errno == ENOENT ? Result<bool>{false} : fail_file("stat " + trash);
  const bool old = modified_at(info) < older_than;
  if (!old && ::link(trash.c_str(), path.c_str()) != 0 && errno != EEXIST) return fail_file("restore " + path);
  if (::unlink(trash.c_str()) != 0 && errno != ENOENT) return fail_file("unlink " + trash);
  SH_CHECK(sync_folder(shelf_of(key)));
  return old;
}

}  // namespace soundhub::blobs
