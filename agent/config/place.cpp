#include "agent/config/place.h"

#include <algorithm>
#include <set>

#include "agent/config/names.h"
#include "agent/core/channel.h"

namespace afferent::config {
namespace {

using core::ConfigNode;
using core::DeviceIdentity;
using core::Place;

constexpr std::size_t kDivision = 6;  // digits of a component code that name the administrative division

Place read_place(Loading& loading, const ConfigNode& table) {
  Place place;
  if (table.has("latitude")) place.latitude = table["latitude"].real();
  if (table.has("longitude")) place.longitude = table["longitude"].real();
  place.address = table["address"].text();
  place.grid = grid_path(loading, table["grid"], "device.place.grid");
  return place;
}

// On what was written: a coordinate that was refused has its problem already.
void check_coordinates(Loading& loading, const ConfigNode& place) {
  if (place.has("latitude") == place.has("longitude")) return;
  const char* const given = place.has("latitude") ? "latitude" : "longitude";
  loading.problem(place[given], std::string("device.place.") + given,
                  "is of no use alone; give latitude and longitude or neither");
}

// The division stands in the device's grid path, else in the gateway's where that begins with one.
void check_division(Loading& loading, const ConfigNode& component, const Place& place) {
  const std::string_view division = component.text().substr(0, kDivision);
  const bool own = !place.grid.empty();
  const std::vector<std::string>& path = own ? place.grid : loading.config.node.area;
  if (path.empty() || path.front() == division) return;
  const bool is_division = path.front().size() == kDivision && std::all_of(path.front().begin(), path.front().end(),
                                                                           [](char c) { return c >= '0' && c <= '9'; });
  if (!own && !is_division) return;
  loading.problem(component, "device.component",
                  shown(component) + " belongs to division " + std::string(division) + ", but " +
                      (own ? "place.grid" : "node.area") + " begins with " + in_quotes(path.front()) +
                      "; expected the first six digits to be the same");
}

void read_component(Loading& loading, const ConfigNode& table, DeviceIdentity& identity) {
  const ConfigNode& component = table["component"];
  if (component.empty()) return;
  identity.component = component.text();
  if (!is_component(identity.component)) {
    loading.problem(
        component, "device.component",
        shown(component) + " is not a component code; allowed: 16 digits (6 division, 2 + 2 class, 6 number)");
    return;
  }
  check_division(loading, component, identity.place);
}

void read_calibration(Loading& loading, const ConfigNode& list, DeviceIdentity& identity) {
  std::set<std::string_view> channels;
  for (const ConfigNode& item : list.list()) {
    const ConfigNode& channel = item["channel"];
    if (channel.empty()) continue;
    if (!core::is_channel_name(channel.text())) {
      loading.problem(channel, "device.calibration.channel",
                      shown(channel) + " is not a channel name; expected e.g. \"level\" or \"volume@1\"");
    }
    if (!channels.insert(channel.text()).second) {
      loading.problem(channel, "device.calibration.channel", shown(channel) + " is calibrated twice");
    }
    if (item["scale"].real(1) == 0) {
      loading.problem(item["scale"], "device.calibration.scale",
                      "0 would make every value the same; allowed: any other number");
    }
    identity.calibration.push_back({std::string(channel.text()), item["scale"].real(1), item["offset"].real()});
  }
}

ConfigNode calibration_list(Loading& loading, const ConfigNode& calibration) {
  if (!std::holds_alternative<ConfigNode::Table>(calibration.data())) return calibration;
  ConfigNode::List list;
  for (const auto& [channel, values] : calibration.table()) {
    if (!std::holds_alternative<ConfigNode::Table>(values.data())) {
      loading.problem(values, "device.calibration." + channel.substr(0, 60),
                      "expected a table such as { scale = 1.0, offset = 0.02 } of a channel, found " + shown(values));
      continue;
    }
    list.push_back(with(values, "channel", ConfigNode(channel, values.source())));
  }
  return {std::move(list), calibration.source()};
}

}  // namespace

ConfigNode normal_form(Loading& loading, const ConfigNode& written) {
  ConfigNode out = with(written, "calibration", calibration_list(loading, written["calibration"]));
  const ConfigNode& place = written["place"];
  if (std::holds_alternative<ConfigNode::Table>(place.data())) {
    check_coordinates(loading, place);
    out = with(out, "place", with(place, "grid", as_path(place["grid"])));
  }
  return out;
}

DeviceIdentity read_identity(Loading& loading, const ConfigNode& table) {
  DeviceIdentity identity;
  identity.id = table["id"].text();
  identity.driver = table["driver"].text();
  identity.port = table["port"].text();
  identity.domain = table["domain"].text();
  if (table.has("domain") && !is_domain(identity.domain)) {
    loading.problem(table["domain"], "device.domain",
                    shown(table["domain"]) +
                        " is not a domain; allowed: water, flood, manhole, gas, heat, node or another word of a-z");
  }
  identity.name = table["name"].text(identity.id);
  identity.place = read_place(loading, table["place"]);
  read_component(loading, table, identity);
  identity.installed = table["installed"].text();
  if (table.has("installed") && !is_date(identity.installed)) {
    loading.problem(table["installed"], "device.installed",
                    shown(table["installed"]) + " is not a date; expected YYYY-MM-DD, e.g. \"2024-05-31\"");
  }
  read_calibration(loading, table["calibration"], identity);
  return identity;
}

}  // namespace afferent::config
