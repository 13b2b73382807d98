#include "tools/simulator/device_reader.h"

#include <algorithm>
#include <array>

#include "agent/config/check.h"
#include "agent/config/profile.h"
#include "agent/config/suggest.h"
#include "drivers/registry.h"
#include "tools/simulator/models.h"

namespace afferent::simulator {
namespace {

constexpr double kShortestPush = 0.001;  // s

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::array kFields{
    ConfigField{.key = "id", .required = true, .minimum = 1, .maximum = 64, .help = "name of the device"},
    ConfigField{.key = "line", .required = true, .help = "id of its line"},
    ConfigField{.key = "driver", .required = true, .help = "whose protocol it speaks"},
    ConfigField{.key = "profile", .minimum = 1, .maximum = 4096, .help = "which device of that driver it is"},
    ConfigField{.key = "latency",
                .type = FieldType::duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = 60,
                .help = "real time from a request to its answer"},
    ConfigField{.key = "push",
                .type = FieldType::duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = 86400,
                .help = "real time between what the device says by itself; 0: it only answers"},
};

// The driver must be one of this line, and speak when it is given a time to.
void check_line(Reading& reading, const ConfigNode& table, const LinePlan& line, const DevicePlan& device) {
  const Model& model = *find_model(device.driver->name);
  const Wire wire = line.wire();
  const bool modbus_tcp = wire == Wire::modbus_tcp && model.driver == "modbus";
  if (wire != model.wire && !modbus_tcp) {
    const std::string which = wire == Wire::modbus_tcp ? "on a line of Modbus TCP only the driver modbus can be spoken"
                                                       : "the driver " + config::in_quotes(model.driver) + " needs " +
                                                             std::string(name_of(model.wire));
    reading.problem(table["line"], "device.line", which);
  }
  const double push = table["push"].real();
  if (push > 0 && model.speaks == Speaks::when_asked) {
    reading.problem(table["push"], "device.push", "is of no use: such a device only answers");
  } else if (push > 0 && push < kShortestPush) {
    reading.problem(table["push"], "device.push", "must be 1 ms at least, or 0");
  } else if (push == 0 && model.speaks == Speaks::only_unasked && !device.signals.empty()) {
    reading.problem(table, "device.push", "missing: such a device only speaks by itself; how often, e.g. \"1 s\"?");
  }
}

const LinePlan* read_line_of(Reading& reading, const ConfigNode& table) {
  const std::string_view id = table["line"].text();
  for (const LinePlan& line : reading.scenario.lines) {
    if (line.id == id) return &line;
  }
  if (table.has("line")) {
    reading.problem(table["line"], "device.line",
                    "there is no line " + config::in_quotes(id) + config::hint(id, reading.names("line")));
  }
  return nullptr;
}

void read_driver(Reading& reading, const ConfigNode& table, DevicePlan& device) {
  if (!table.has("driver")) return;
  const std::string_view name = table["driver"].text();
  if (find_model(name) != nullptr) device.driver = drivers::find(name);
  if (device.driver != nullptr) return;
  config::Names names;
  for (const Model& model : models()) names.push_back(model.driver);
  reading.problem(table["driver"], "device.driver",
                  "there is no simulated device for the driver " + config::in_quotes(name) + config::hint(name, names));
}

// The driver's options, with its framing as the line says.
void read_options(Reading& reading, const ConfigNode& written, const LinePlan* line, DevicePlan& device) {
  const ConfigNode given =
      written.has("options") ? written["options"] : ConfigNode(ConfigNode::Table{}, written.source());
  std::vector<core::ConfigField> fields(device.driver->options.begin(), device.driver->options.end());
  for (core::ConfigField& field : fields) {
    if (field.type == core::FieldType::contents) field.type = core::FieldType::text;  // a script that the agent runs
  }
  ConfigNode checked = reading.checked(given, fields, "device.options");
  ConfigNode::Table options = checked.table();
  if (line != nullptr && line->modbus_tcp) {
    options.insert_or_assign("framing", ConfigNode(std::string("tcp"), core::Source{}));
  }
  device.setup.options = ConfigNode(std::move(options), checked.source());
}

void read_profile(Reading& reading, const ConfigNode& table, DevicePlan& device) {
  const ConfigNode& name = table["profile"];
  if (name.empty()) return;
  config::Profile profile =
      config::load_profile(*device.driver, std::string(name.text()), reading.places, name.source());
  for (config::Problem& problem : profile.problems) reading.problems.push_back(std::move(problem));
  device.setup.profile = std::move(profile.node);
}

bool read_point(const ConfigNode& written, Points kind, Point& point) {
  const ConfigNode::List& pair = written.list();
  if (pair.size() != 2) return false;
  const auto is_number = [](const ConfigNode& node) {
    return (std::holds_alternative<std::int64_t>(node.data()) || std::holds_alternative<double>(node.data())) &&
           std::isfinite(node.real());
  };
  if (!is_number(pair[0])) return false;
  point.at = pair[0].real();
  if (is_number(pair[1])) {
    point.value = pair[1].real();
  } else if (const auto* text = std::get_if<std::string>(&pair[1].data()); text != nullptr && kind == Points::any) {
    point.value = *text;
  } else if (const auto* truth = std::get_if<bool>(&pair[1].data()); truth != nullptr && kind == Points::any) {
    point.value = *truth ? 1.0 : 0.0;
  } else {
    return false;
  }
  return true;
}

void read_points(Reading& reading, const ConfigNode& written, const std::string& key, Points kind, SignalPlan& plan) {
  const ConfigNode& points = written["points"];
  const char* expected =
      kind == Points::any ? "expected a list of [time in s, value]" : "expected a list of [time in s, number]";
  if (points.list().empty()) {
    return reading.problem(points.empty() ? written : points, key + ".points", expected);
  }
  for (const ConfigNode& node : points.list()) {
    Point point;
    if (!read_point(node, kind, point)) {
      reading.problem(node, key + ".points", std::string(expected) + ", found " + config::shown(node));
    } else if (!plan.points.empty() && point.at <= plan.points.back().at) {
      reading.problem(node, key + ".points", "times must grow from point to point");
    } else {
      plan.points.push_back(std::move(point));
    }
  }
}

void read_signal_table(Reading& reading, const ConfigNode& written, const std::string& key, SignalPlan& plan) {
  const ConfigNode& name = written["kind"];
  const SignalKind* kind = find_signal_kind(name.text());
  if (kind == nullptr) {
    config::Names names;
    for (const SignalKind& known : signal_kinds()) names.push_back(known.name);
    const std::string what = name.empty() ? "missing" : "there is no kind " + config::shown(name);
    return reading.problem(name.empty() ? written : name, key + ".kind", what + config::hint(name.text(), names));
  }
  ConfigNode::Table rest = written.table();
  if (kind->points != Points::none) {
    read_points(reading, written, key, kind->points, plan);
    rest.erase("points");
  }
  plan.kind = kind->name;
  plan.options = reading.checked(ConfigNode(std::move(rest), written.source()), kind->fields, key);
  const ConfigNode& maximum = plan.options["maximum"];
  if (!maximum.empty() && plan.options.has("minimum") && maximum.real() < plan.options["minimum"].real()) {
    reading.problem(maximum, key + ".maximum", "must not be less than minimum");
  }
}

// A number, truth value or text stands for itself; a table says how the value changes.
void read_signal(Reading& reading, const std::string& channel, const ConfigNode& written, DevicePlan& device) {
  SignalPlan plan;
  plan.channel = channel;
  const std::string key = "device.channels." + channel;
  Point fixed;
  const ConfigNode::List pair{ConfigNode(0.0, written.source()), written};
  if (std::holds_alternative<ConfigNode::Table>(written.data())) {
    read_signal_table(reading, written, key, plan);
  } else if (read_point(ConfigNode(pair, written.source()), Points::any, fixed)) {
    plan.kind = "steps";
    plan.points.push_back(std::move(fixed));
  } else {
    reading.problem(written, key, "expected a value or a table { kind = ... }, found " + config::shown(written));
  }
  if (!plan.kind.empty()) device.signals.push_back(std::move(plan));
}

void check_channel(Reading& reading, const ConfigNode& at, const std::string& key, const SignalPlan& plan,
                   const core::ChannelSpec& spec) {
  const bool wants_text = core::kind_of(spec.quantity) == core::Value::Kind::text;
  const bool fits = std::all_of(plan.points.begin(), plan.points.end(), [&](const Point& point) {
    return std::holds_alternative<std::string>(point.value) == wants_text;
  });
  if (!fits || (wants_text && plan.kind != "steps")) reading.problem(at, key, wants_text ? "is a text" : "is no text");
}

void check_sum(Reading& reading, const std::string& key, const SignalPlan& plan, const DevicePlan& device) {
  const ConfigNode& of = plan.options["of"];
  const bool found = std::any_of(device.signals.begin(), device.signals.end(), [&](const SignalPlan& other) {
    return other.channel == of.text() && other.kind != "counter";
  });
  if (of.empty() || found) return;
  reading.problem(of, key + ".of", "no other channel that is not a counter is called " + config::in_quotes(of.text()));
}

void check_name(Reading& reading, const ConfigNode& at, const drivers::SimulatedDevice& model,
                const DevicePlan& device) {
  const std::string name = model.name();
  if (!name.empty() && !reading.take_name(device.line, name)) {
    reading.problem(at, "device", "another device of the line is " + config::in_quotes(name) + " already");
  }
}

// Names that the driver knows, and texts for text channels only.
void check_channels(Reading& reading, const ConfigNode& channels, const DevicePlan& device) {
  const auto driver = device.driver->create({{device.setup}});
  if (!driver) return reading.problem(channels, "device", driver.error().message());
  const auto model = find_model(device.driver->name)->create(device.setup);
  if (!model) return reading.problem(channels, "device", model.error().message());
  const auto fixed = (*driver)->channels(core::DeviceRef{0});
  std::vector<core::ChannelSpec> specs(fixed.begin(), fixed.end());
  const auto learned = (*model)->channels();
  specs.insert(specs.end(), learned.begin(), learned.end());
  config::Names names;
  for (const core::ChannelSpec& spec : specs) names.push_back(spec.name);
  check_name(reading, channels, **model, device);
  for (const SignalPlan& plan : device.signals) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const auto& s) { return s.name == plan.channel; });
    const ConfigNode& at = channels[plan.channel];
    const std::string key = "device.channels." + plan.channel;
    if (spec == specs.end()) {
      reading.problem(at, key, "the device has no such channel" + config::hint(plan.channel, names));
      continue;
    }
    if (!(*model)->shows(plan.channel)) reading.problem(at, key, "follows from the others, or from the agent");
    check_channel(reading, at, key, plan, *spec);
    check_sum(reading, key, plan, device);
  }
}

}  // namespace

void read_device(Reading& reading, const ConfigNode& written) {
  ConfigNode::Table common = written.table();
  for (const char* own : {"options", "channels"}) common.erase(own);
  const std::size_t problems_before = reading.problems.size();
  const ConfigNode table = reading.checked(ConfigNode(std::move(common), written.source()), kFields, "device");
  DevicePlan device;
  device.id = device.setup.id = table["id"].text();
  device.line = table["line"].text();
  device.latency = nanos(table["latency"].real());
  device.push = nanos(table["push"].real());
  if (table.has("id")) reading.take_id(table, "device");
  const LinePlan* line = read_line_of(reading, table);
  read_driver(reading, table, device);
  const ConfigNode& channels = written["channels"];
  if (!channels.empty() && !std::holds_alternative<ConfigNode::Table>(channels.data())) {
    reading.problem(channels, "device.channels", "expected a table, found " + config::shown(channels));
  }
  for (const auto& [channel, node] : channels.table()) read_signal(reading, channel, node, device);
  if (device.driver != nullptr) {
    if (line != nullptr && line->kind != LinePlan::Kind::pty) device.setup.medium = core::Port::Medium::stream;
    if (line != nullptr) check_line(reading, table, *line, device);
    read_options(reading, written, line, device);
    read_profile(reading, table, device);
    const bool sound = reading.problems.size() == problems_before;
    if (sound) check_channels(reading, channels.empty() ? written : channels, device);
  }
  reading.scenario.devices.push_back(std::move(device));
}

}  // namespace afferent::simulator
