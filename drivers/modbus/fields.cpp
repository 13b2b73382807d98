#include "drivers/modbus/fields.h"

#include <array>

namespace afferent::drivers::modbus {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::string_view kTypes =
    "u16|s16|u32|s32|u64|s64|f32|f64|bcd16|bcd32|sign_magnitude16|sign_magnitude32|bit|text";
constexpr std::string_view kOrders = "ABCD|CDAB|DCBA|BADC";
constexpr std::string_view kQuantities =
    "none|volume|flow|energy|power|temperature|length|rain|pressure|angle|ratio|voltage|current|signal|duration|time|"
    "mass|acceleration|boolean|text";
constexpr double kMaxInteger = 9007199254740991.0;

constexpr std::array kValueFields{
    ConfigField{.key = "raw",
                .type = FieldType::integer,
                .required = true,
                .help = "number in the register, after mask and shift"},
    ConfigField{.key = "text", .maximum = 255, .help = "what it means, for a channel of quantity text"},
    ConfigField{
        .key = "boolean", .type = FieldType::boolean, .help = "what it means, for a channel of quantity boolean"},
};

constexpr std::array kCodeFields{
    ConfigField{.key = "code", .type = FieldType::integer, .required = true, .help = "number in the code register"},
    ConfigField{.key = "scale",
                .type = FieldType::real,
                .help = "factor to the channel's unit under this code; absent: the channel has no value then"},
};

constexpr std::array kScaleByFields{
    ConfigField{.key = "address",
                .type = FieldType::integer,
                .minimum = 0,
                .maximum = 65536,
                .help = "register that holds the code; absent: the device's `unit_code`"},
    ConfigField{.key = "function",
                .type = FieldType::integer,
                .minimum = 3,
                .maximum = 4,
                .help = "default: the register's own"},
    ConfigField{.key = "type", .allowed = "u16|u32", .help = "default u16"},
    ConfigField{.key = "order", .allowed = kOrders, .help = "default: the profile's"},
    ConfigField{.key = "mask",
                .type = FieldType::integer,
                .minimum = 1,
                .maximum = 4294967295.0,
                .help = "bits that belong to the code"},
    ConfigField{
        .key = "standard", .type = FieldType::integer, .help = "code when neither a register nor the device gives it"},
    ConfigField{.key = "codes",
                .type = FieldType::tables,
                .required = true,
                .help = "what each code means",
                .items = kCodeFields},
};

constexpr std::array kPlusFields{
    ConfigField{.key = "address",
                .type = FieldType::integer,
                .required = true,
                .minimum = 0,
                .maximum = 65536,
                .help = "register of the summand"},
    ConfigField{.key = "type", .required = true, .allowed = "u16|s16|u32|s32|u64|s64|f32|f64", .help = "its type"},
    ConfigField{.key = "order", .allowed = kOrders, .help = "default: the register's own"},
    ConfigField{.key = "scale",
                .type = FieldType::real,
                .standard = "1",
                .help = "factor before it is added to the raw number"},
};

constexpr std::array kRegisterFields{
    ConfigField{.key = "channel", .required = true, .minimum = 1, .maximum = 60, .help = "name of the channel"},
    ConfigField{.key = "address",
                .type = FieldType::integer,
                .required = true,
                .minimum = 0,
                .maximum = 65536,
                .help = "number of the register or coil as documented, see `base`"},
    ConfigField{.key = "count",
                .type = FieldType::integer,
                .minimum = 1,
                .maximum = 10000,
                .help = "so many alike in a row, named <channel>0, <channel>1, ..."},
    ConfigField{
        .key = "function",
        .type = FieldType::integer,
        .minimum = 1,
        .maximum = 4,
        .help = "1 coils, 2 discrete inputs, 3 holding registers, 4 input registers; default: the profile's, else 3"},
    ConfigField{.key = "type", .allowed = kTypes, .help = "default u16, bit for functions 1 and 2"},
    ConfigField{.key = "order",
                .allowed = kOrders,
                .help = "byte order as sent; default: the profile's, which does not apply to a single register"},
    ConfigField{
        .key = "length", .type = FieldType::integer, .minimum = 1, .maximum = 60, .help = "registers of a text"},
    ConfigField{.key = "scale",
                .type = FieldType::real,
                .standard = "1",
                .help = "factor from the raw number to the channel's unit, not 0"},
    ConfigField{.key = "offset",
                .type = FieldType::real,
                .standard = "0",
                .help = "added after scaling, in the channel's unit"},
    ConfigField{.key = "decimals",
                .type = FieldType::integer,
                .standard = "0",
                .minimum = 0,
                .maximum = 9,
                .help = "implied decimal places of the raw number: it is divided by 10^decimals"},
    ConfigField{.key = "round",
                .type = FieldType::integer,
                .minimum = 0,
                .maximum = 9,
                .help = "decimal places the value is rounded to"},
    ConfigField{.key = "quantity", .allowed = kQuantities, .help = "default: what the channel's name means, else none"},
    ConfigField{.key = "no_value",
                .type = FieldType::reals,
                .help = "raw numbers, before scale and offset, that mean that there is no value: as the type says "
                        "them, or (not for f32 and f64) the register's bits"},
    ConfigField{.key = "minimum", .type = FieldType::real, .help = "smallest believable value, in the channel's unit"},
    ConfigField{.key = "maximum", .type = FieldType::real, .help = "largest believable value, in the channel's unit"},
    ConfigField{.key = "mask",
                .type = FieldType::integer,
                .minimum = 1,
                .maximum = kMaxInteger,
                .help = "bits that belong to the value, shifted down"},
    ConfigField{.key = "bit",
                .type = FieldType::integer,
                .minimum = 0,
                .maximum = 63,
                .help = "a single bit, 0 is the least significant"},
    ConfigField{.key = "invert",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "a boolean is true when the bits are 0"},
    ConfigField{.key = "values",
                .type = FieldType::tables,
                .help = "texts or booleans that raw numbers stand for",
                .items = kValueFields},
    ConfigField{.key = "plus",
                .type = FieldType::table,
                .help = "a second number that is added to the raw one",
                .items = kPlusFields},
    ConfigField{.key = "scale_by",
                .type = FieldType::tables,
                .help = "unit or decimal point given by codes",
                .items = kScaleByFields},
};

constexpr ConfigField kBase{.key = "base",
                            .type = FieldType::integer,
                            .minimum = 0,
                            .maximum = 1,
                            .help = "0: addresses as sent; 1: documented numbers that start at 1; default 0"};
constexpr ConfigField kOrder{
    .key = "order", .allowed = kOrders, .help = "byte order of values of two and more registers; default ABCD"};
constexpr ConfigField kFunction{.key = "function",
                                .type = FieldType::integer,
                                .minimum = 1,
                                .maximum = 4,
                                .help = "of registers that do not say; default 3"};
constexpr ConfigField kMaxGap{.key = "max_gap",
                              .type = FieldType::integer,
                              .minimum = 0,
                              .maximum = 124,
                              .help = "so many unused registers are read along to save a request; default 0"};
constexpr ConfigField kMaxRegisters{.key = "max_registers",
                                    .type = FieldType::integer,
                                    .minimum = 1,
                                    .maximum = 125,
                                    .help = "registers in one request; default 125"};
constexpr ConfigField kBlindZone{.key = "blind_zone",
                                 .type = FieldType::real,
                                 .minimum = 0,
                                 .maximum = 100,
                                 .help = "m; a shorter `distance` is bad"};
constexpr ConfigField kRange{
    .key = "range", .type = FieldType::real, .minimum = 0.01, .maximum = 1000, .help = "m; a longer `distance` is bad"};

constexpr std::array kDeviceFields{
    ConfigField{.key = "unit",
                .type = FieldType::integer,
                .required = true,
                .minimum = 1,
                .maximum = 247,
                .help = "address of the device on its line"},
    ConfigField{
        .key = "framing", .standard = "auto", .allowed = "auto|rtu|tcp", .help = "auto: as the port says, else RTU"},
    ConfigField{.key = "mounting_height",
                .type = FieldType::real,
                .minimum = 0.01,
                .maximum = 1000,
                .help = "m from the level's zero up to the sensor: `level` is this less the `distance`"},
    kBlindZone,
    kRange,
    kMaxGap,
    kMaxRegisters,
    ConfigField{.key = "unit_code",
                .type = FieldType::integer,
                .help = "unit the device is set to, where its profile cannot read it"},
    kBase,
    kOrder,
    kFunction,
    ConfigField{.key = "register",
                .type = FieldType::tables,
                .help = "registers of this device, instead of a profile",
                .items = kRegisterFields},
};

constexpr std::array kProfileFields{
    ConfigField{.key = "product", .required = true, .minimum = 1, .maximum = 200, .help = "maker and model"},
    kBase,
    kOrder,
    kFunction,
    kMaxGap,
    kMaxRegisters,
    kBlindZone,
    kRange,
    ConfigField{.key = "register",
                .type = FieldType::tables,
                .required = true,
                .help = "what is read",
                .items = kRegisterFields},
};

}  // namespace

std::span<const ConfigField> device_fields() { return kDeviceFields; }

std::span<const ConfigField> profile_fields() { return kProfileFields; }

}  // namespace afferent::drivers::modbus
