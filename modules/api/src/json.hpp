// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>

#include "soundhub/domain/events.hpp"
#include "soundhub/services/songs.hpp"

// Views as the OpenAPI document describes them, one function a schema.
namespace soundhub::api {

boost::json::object json_of(const accounts::User& user);
boost::json::object json_of_me(const accounts::Account& account);
boost::json::object json_of(const uploads::Upload& upload);
boost::json::object json_of(const songs::Seat& seat);
boost::json::object json_of(const takes::Take& take);
boost::json::object json_of(const services::PartView& view);
boost::json::object json_of(const mixes::Mix& mix);
boost::json::object json_of(const services::ReleaseView& view);
boost::json::object json_of(const services::SongCard& card);
boost::json::object json_of(const services::SongView& view);
boost::json::object json_of(const services::Home& home);
boost::json::object json_of(const events::Event& event);

template <class Range>
boost::json::array array_of(const Range& range) {
  boost::json::array out;
  for (const auto& item : range) out.push_back(json_of(item));
  return out;
}

}  // namespace soundhub::api
