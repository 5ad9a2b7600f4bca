-- SPDX-License-Identifier: AGPL-3.0-or-later
-- For wrk: asks for the paths in the file it is given, one after the other, and says in JSON how that went.
local paths, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format('{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"bad":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), bad))
end
