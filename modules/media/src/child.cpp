// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/media/child.hpp"

#include "conversation.hpp"

namespace soundhub::media {
namespace {

using Asked = Conversation::Asked;

template <class Report>
Result<Report> run(const std::string& program, const Limits& limits, std::string_view verb, int fd, Asked asked,
                   OutputSink& sink, std::stop_token stop) {
  const std::vector<std::string> command{program, std::string{verb}, std::to_string(limits.memory_bytes),
                                         std::to_string(limits.cpu_seconds), std::to_string(limits.duration_seconds)};
  SH_TRY(auto process, Process::start(command, fd));
  Conversation conversation{process, limits, std::move(asked), sink, std::move(stop)};
  SH_TRY(const auto message, conversation.run());
  if (const auto* report = std::get_if<Report>(&message)) return *report;
  return fail(Errc::unavailable, "media.crashed", "another verb's report");
}

template <class Report>
Result<Report> logged(const Log& log, std::string_view verb, std::chrono::steady_clock::time_point start,
                      Result<Report> result) {
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  if (result)
    log.info("media.done", {{"verb", verb}, {"ms", took}});
  else
    log.warn("media.failed",
             {{"verb", verb}, {"ms", took}, {"key", result.error().key}, {"detail", result.error().detail}});
  return result;
}

}  // namespace

MediaChild::MediaChild(std::string program, Limits limits, const Log& log)
    : program_{std::move(program)}, limits_{limits}, log_{log} {}

Result<IngestReport> MediaChild::ingest(int fd, OutputSink& sink, std::stop_token stop) {
  Asked asked{.kinds = {OutputKind::segment, OutputKind::peaks, OutputKind::preview},
              .stems = nullptr,
              .channels = 0,
              .request = {}};
  const auto start = std::chrono::steady_clock::now();
  return logged(log_, "ingest", start,
                run<IngestReport>(program_, limits_, "ingest", fd, std::move(asked), sink, std::move(stop)));
}

Result<RenderReport> MediaChild::render(const RenderRequest& request, SegmentProvider& stems, OutputSink& sink,
                                        std::stop_token stop) {
  if (request.channels.size() > max_render_channels) return fail(Errc::invalid, "render.invalid", "too many channels");
  Asked asked{.kinds = {OutputKind::flac, OutputKind::mp3, OutputKind::opus, OutputKind::peaks},
              .stems = &stems,
              .channels = request.channels.size(),
              .request = {}};
  put_message(asked.request, ParentMessage{request});
  const auto start = std::chrono::steady_clock::now();
  return logged(log_, "render", start,
                run<RenderReport>(program_, limits_, "render", -1, std::move(asked), sink, std::move(stop)));
}

Result<ImageReport> MediaChild::image(int fd, OutputSink& sink, std::stop_token stop) {
  Asked asked{.kinds = {OutputKind::image}, .stems = nullptr, .channels = 0, .request = {}};
  const auto start = std::chrono::steady_clock::now();
  return logged(log_, "image", start,
                run<ImageReport>(program_, limits_, "image", fd, std::move(asked), sink, std::move(stop)));
}

}  // namespace soundhub::media
