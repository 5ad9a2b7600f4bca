// SPDX-License-Identifier: AGPL-3.0-or-later
#include "events.hpp"

#include <utility>

#include "text.hpp"

namespace soundhub::http {
namespace {

class QueueSender final : public EventSender {
 public:
  explicit QueueSender(std::shared_ptr<EventQueue> queue) : queue_{std::move(queue)} {}
  ~QueueSender() override { queue_->close(); }
  bool send(std::string_view id, std::string_view event, std::string_view data) override {
    return queue_->push(encode_event(id, event, data));
  }
  bool open() const override { return queue_->open(); }

 private:
  std::shared_ptr<EventQueue> queue_;
};

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).push_back('\n');
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

bool EventQueue::push(std::string_view text) {
  const std::lock_guard lock{mutex_};
  if (!open_) return false;
  const bool was_empty = queued_.empty();
  if (queued_.size() + text.size() > most_bytes && !was_empty) {
    open_ = false;
    wake_();
    return false;
  }
  queued_.append(text);
  if (was_empty) wake_();
  return true;
}

void EventQueue::close() {
  const std::lock_guard lock{mutex_};
  if (std::exchange(open_, false)) wake_();
}

void EventQueue::detach() {
  const std::lock_guard lock{mutex_};
  open_ = false;
}

bool EventQueue::open() const {
  const std::lock_guard lock{mutex_};
  return open_;
}

std::string EventQueue::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(queued_, {});
}

std::shared_ptr<EventSender> make_event_sender(std::shared_ptr<EventQueue> queue) {
  return std::make_shared<QueueSender>(std::move(queue));
}

std::string encode_event(std::string_view id, std::string_view event, std::string_view data) {
  std::string out;
  if (!id.empty()) append_field(out, "id", first_line(id));
  if (!event.empty()) append_field(out, "event", first_line(event));
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    append_field(out, "data", data.substr(0, end));
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  out.push_back('\n');
  return out;
}

}  // namespace soundhub::http
