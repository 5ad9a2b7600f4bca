// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/segment_store.hpp"

#include <stddef.h>

#include "vec.hpp"

namespace soundhub::dsp {
namespace {

int64_t smaller(int64_t a, int64_t b) noexcept {
  return a < b ? a : b;
}

}  // namespace

void SegmentStore::set_stem(const StemInfo& stem) noexcept {
  stem_ = stem;
  for (Slot& slot : slots_) slot = Slot{};
}

int SegmentStore::length(int64_t segment) const noexcept {
  if (segment < 0 || segment > stem_.frames / segment_frames) return 0;
  return static_cast<int>(smaller(segment_frames, stem_.frames - segment * segment_frames));
}

bool SegmentStore::rests(int64_t from, int64_t to) const noexcept {
  return to <= stem_.offset_frames || from >= stem_.offset_frames + stem_.frames;
}

/// The first segment that song frames from .. to-1 play, or -1.
int64_t SegmentStore::first_segment(int64_t from, int64_t to) const noexcept {
  const int64_t begin = from - stem_.offset_frames;
  if (from >= to || rests(from, to)) return -1;
  return begin > 0 ? begin / segment_frames : 0;
}

SegmentStore::Needs SegmentStore::needs(const PlaySpan& span) const noexcept {
  const bool loops = span.loop_end > 0;
  const int64_t end = loops ? span.loop_end : INT64_MAX;
  const auto after = [&](int64_t segment) {
    return first_segment(stem_.offset_frames + (segment + 1) * segment_frames, end);
  };
  Needs needs;
  needs.first = first_segment(span.position, end);
  const bool this_lap = needs.first >= 0;
  if (!this_lap && loops) needs.first = first_segment(span.loop_start, end);
  if (needs.first < 0) return needs;
  needs.second = after(needs.first);
  if (needs.second < 0 && loops && this_lap) {
    needs.second = first_segment(span.loop_start, end);
    if (needs.second == needs.first) needs.second = -1;
  }
  return needs;
}

int64_t SegmentStore::wanted(const PlaySpan& span, int slot) const noexcept {
  const Needs need = needs(span);
  const int64_t here = slots_[slot].segment, there = slots_[1 - slot].segment;
  const auto needed = [&](int64_t segment) {
    return segment >= 0 && (segment == need.first || segment == need.second);
  };
  if (needed(here)) return -1;
  const bool first_missing = need.first >= 0 && there != need.first;
  const bool second_missing = need.second >= 0 && there != need.second;
  if (needed(there)) return first_missing ? need.first : second_missing ? need.second : -1;
  // Both slots are free: the first goes to the slot of its parity, the second to the other.
  if (need.first < 0) return -1;
  return need.first % 2 == slot ? need.first : need.second;
}

int SegmentStore::slot_for(const PlaySpan& span, int64_t segment) const noexcept {
  if (segment < 0) return -1;
  if (wanted(span, 0) == segment) return 0;
  return wanted(span, 1) == segment ? 1 : -1;
}

bool SegmentStore::give(const PlaySpan& span, int64_t segment, const float* left, const float* right,
                        int frames) noexcept {
  const int slot = slot_for(span, segment);
  if (slot < 0 || frames != length(segment) || left == nullptr) return false;
  if (stem_.channels == 2 && right == nullptr) return false;
  slots_[slot] = {segment, left, stem_.channels == 2 ? right : left};
  return true;
}

void SegmentStore::drop(int slot) noexcept {
  slots_[slot] = Slot{};
}

const SegmentStore::Slot* SegmentStore::find(int64_t segment) const noexcept {
  for (const Slot& slot : slots_)
    if (slot.segment == segment) return &slot;
  return nullptr;
}

/// The last segment that song frames up to `to` play, if they play any.
int64_t SegmentStore::last_segment(int64_t to) const noexcept {
  return (smaller(to - stem_.offset_frames, stem_.frames) - 1) / segment_frames;
}

bool SegmentStore::holds(int64_t from, int64_t to) const noexcept {
  const int64_t first = first_segment(from, to);
  if (first < 0) return true;
  for (int64_t segment = first; segment <= last_segment(to); ++segment)
    if (find(segment) == nullptr) return false;
  return true;
}

bool SegmentStore::holds_needed(const PlaySpan& span, int64_t from, int64_t to) const noexcept {
  const int64_t first = first_segment(from, to);
  if (first < 0) return true;
  const Needs need = needs(span);
  for (int64_t segment = first; segment <= last_segment(to); ++segment) {
    const bool is_needed = segment == need.first || segment == need.second;
    if (is_needed && find(segment) == nullptr) return false;
  }
  return true;
}

bool SegmentStore::read(int64_t song_frame, int frames, float* left, float* right) const noexcept {
  bool complete = true;
  int64_t frame = song_frame - stem_.offset_frames;
  for (int done = 0; done < frames;) {
    const int64_t segment = frame < 0 ? -1 : frame / segment_frames;
    const int64_t end = frame < 0 ? 0 : frame >= stem_.frames ? INT64_MAX : segment * segment_frames + length(segment);
    const int n = static_cast<int>(smaller(frames - done, end - frame));
    const bool inside = frame >= 0 && frame < stem_.frames;
    const Slot* slot = inside ? find(segment) : nullptr;
    if (slot != nullptr) {
      const int64_t at = frame - segment * segment_frames;
      copy_sane(left + done, slot->left + at, n);
      copy_sane(right + done, slot->right + at, n);
    } else {
      __builtin_memset(left + done, 0, static_cast<size_t>(n) * sizeof(float));
      __builtin_memset(right + done, 0, static_cast<size_t>(n) * sizeof(float));
      complete = complete && !inside;
    }
    done += n;
    frame += n;
  }
  return complete;
}

}  // namespace soundhub::dsp
