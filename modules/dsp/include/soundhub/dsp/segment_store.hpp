// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/dsp/constants.hpp"
#include "soundhub/dsp/settings.hpp"

namespace soundhub::dsp {

/// What the transport is going to play, in song frames: position .. end, then loop_start .. loop_end again and again.
struct PlaySpan {
  int64_t position = 0;
  int64_t loop_start = 0;
  int64_t loop_end = 0;  ///< 0: no (further) wrap
};

/// The two slots of one channel and the choice of what belongs in them. PCM memory is the host's.
class SegmentStore {
 public:
  void set_stem(const StemInfo& stem) noexcept;
  void set_offset(int64_t offset_frames) noexcept { stem_.offset_frames = offset_frames; }
  const StemInfo& stem() const noexcept { return stem_; }
  int length(int64_t segment) const noexcept;
  int64_t wanted(const PlaySpan& span, int slot) const noexcept;
  int slot_for(const PlaySpan& span, int64_t segment) const noexcept;
  bool give(const PlaySpan& span, int64_t segment, const float* left, const float* right, int frames) noexcept;
  void drop(int slot) noexcept;
  /// Everything that song frames from .. to-1 need is held.
  bool holds(int64_t from, int64_t to) const noexcept;
  /// The same, of what the slots should hold by now: two may be too few for all of it (a loop of three segments).
  bool holds_needed(const PlaySpan& span, int64_t from, int64_t to) const noexcept;
  /// Copies song frames into left and right (the same for a mono stem), sanitised: NaN, infinities and values beyond
  /// 256 (+48 dBFS) become 0. Outside of the stem and where a segment misses there is silence. False: some was missing.
  bool read(int64_t song_frame, int frames, float* left, float* right) const noexcept;
  /// No frame of the stem is in from .. to-1.
  bool rests(int64_t from, int64_t to) const noexcept;

 private:
  struct Slot {
    int64_t segment = -1;
    const float* left = nullptr;
    const float* right = nullptr;
  };
  struct Needs {
    int64_t first = -1, second = -1;
  };
  Needs needs(const PlaySpan& span) const noexcept;
  int64_t first_segment(int64_t from, int64_t to) const noexcept;
  int64_t last_segment(int64_t to) const noexcept;
  const Slot* find(int64_t segment) const noexcept;

  StemInfo stem_;
  Slot slots_[2];
};

}  // namespace soundhub::dsp
