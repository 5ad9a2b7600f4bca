// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

#include "process.hpp"
#include "soundhub/media/child.hpp"
#include "soundhub/media/messages.hpp"

namespace soundhub::media {

/// One child from its start to its report, on the calling thread. The child isn't believed: outputs of a kind not asked
/// for, writes outside begin and end, too many bytes and malformed frames end it as "media.crashed" or "media.limit".
class Conversation {
 public:
  struct Asked {
    std::set<OutputKind> kinds;  ///< outputs the child may send
    SegmentProvider* stems{};    ///< null: it may not ask for any
    std::size_t channels{};      ///< how many stems there are
    Bytes request;               ///< frames to send first
  };
  Conversation(Process& process, const Limits& limits, Asked asked, OutputSink& sink, std::stop_token stop);

  /// The child's report (never a Failure: that comes as an error).
  Result<ChildMessage> run();

 private:
  using Step = Result<std::optional<ChildMessage>>;

  Result<void> poll_once();
  Result<void> check_time() const;
  Step read_messages();
  Step take_frames();
  Step handle(ChildMessage message);
  Result<void> begin(Output output);
  Result<void> write(const WriteOutput& message);
  Result<void> end(Output output);
  Result<void> open_stem(const NeedStem& need);
  Result<void> send_requests();
  Result<void> refill();
  Result<void> check_report(const ChildMessage& report) const;
  void read_errors();
  tl::unexpected<Error> lost(std::string why) const;
  tl::unexpected<Error> describe_end();

  Process& process_;
  const Limits& limits_;
  Asked asked_;
  OutputSink& sink_;
  std::stop_token stop_;
  std::chrono::steady_clock::time_point deadline_;
  Fd wake_;
  Bytes read_buffer_;
  FrameReader frames_;
  std::set<Output> open_, ended_;
  std::uint64_t output_bytes_{};
  double progress_{};
  std::unique_ptr<ByteSource> stem_;
  std::uint64_t stem_offset_{};
  Bytes outgoing_;
  std::size_t sent_{};
  std::string errors_;
  bool errors_closed_{};
};

}  // namespace soundhub::media
