#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

struct PhraseText {
  Pair active;
  Pair cleared;
};

// In the order of Phrase.
constexpr std::array<PhraseText, kPhrases> kPhraseTexts{{
    {{"{channel} at {name} is {value} {unit}, above the {severity} limit of {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，高于{severity}限值{limit} {unit}。"},
     {"{channel} at {name} is back to {value} {unit}.", "{name}的{channel}已恢复到{value} {unit}。"}},
    {{"{channel} at {name} is {value} {unit}, below the {severity} limit of {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，低于{severity}限值{limit} {unit}。"},
     {"{channel} at {name} is back to {value} {unit}.", "{name}的{channel}已恢复到{value} {unit}。"}},
    {{"{name} reports: {channel}.", "{name}报告：{channel}。"},
     {"{name} no longer reports: {channel}.", "{name}不再报告：{channel}。"}},
    {{"{name} reports: not {channel}.", "{name}报告：非{channel}。"},
     {"{name} reports again: {channel}.", "{name}重新报告：{channel}。"}},
    {{"{channel} at {name} rose by {value} {unit} within {span}, more than the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内上升了{value} {unit}，超过{severity}限值{limit} {unit}。"},
     {"{channel} at {name} no longer rises fast.", "{name}的{channel}不再快速上升。"}},
    {{"{channel} at {name} fell by {value} {unit} within {span}, more than the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内下降了{value} {unit}，超过{severity}限值{limit} {unit}。"},
     {"{channel} at {name} no longer falls fast.", "{name}的{channel}不再快速下降。"}},
    {{"{name} has given no good reading of {channel} for {span}.", "{name}已有{span}没有{channel}的有效读数。"},
     {"{name} gives good readings of {channel} again.", "{name}的{channel}读数已恢复。"}},
    {{"{channel} at {name} reads {value} {unit}, which is not a valid value.",
      "{name}的{channel}读数为{value} {unit}，超出有效范围。"},
     {"{channel} at {name} is valid again: {value} {unit}.", "{name}的{channel}读数恢复有效：{value} {unit}。"}},
    {{"{channel} at {name} has stood at {value} {unit} for {span}, though it should move.",
      "{name}的{channel}已停在{value} {unit}达{span}，本应变化。"},
     {"{channel} at {name} moves again: {value} {unit}.", "{name}的{channel}恢复变化：{value} {unit}。"}},
    {{"{detail} of {channel} at {name} within {span} is {value} {unit}, above the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内的{detail}为{value} {unit}，高于{severity}限值{limit} {unit}。"},
     {"{detail} of {channel} at {name} within {span} is back to {value} {unit}.",
      "{name}的{channel}在{span}内的{detail}已恢复到{value} {unit}。"}},
    {{"{detail} of {channel} at {name} within {span} is {value} {unit}, below the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内的{detail}为{value} {unit}，低于{severity}限值{limit} {unit}。"},
     {"{detail} of {channel} at {name} within {span} is back to {value} {unit}.",
      "{name}的{channel}在{span}内的{detail}已恢复到{value} {unit}。"}},
    {{"{channel} at {name} is {value} {unit} and rises by {other} {unit} an hour: {limit} {unit} is expected {ahead}.",
      "{name}的{channel}为{value} {unit}，每小时上升{other} {unit}：预计{ahead}达到{limit} {unit}。"},
     {"{channel} at {name} is {value} {unit} and no longer heads for {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，不再趋向{limit} {unit}。"}},
    {{"{channel} at {name} is {value} {unit} and falls by {other} {unit} an hour: {limit} {unit} is expected {ahead}.",
      "{name}的{channel}为{value} {unit}，每小时下降{other} {unit}：预计{ahead}降至{limit} {unit}。"},
     {"{channel} at {name} is {value} {unit} and no longer heads for {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，不再趋向{limit} {unit}。"}},
    {{"{rule} at {name}: {detail}.", "{name}的{rule}：{detail}。"},
     {"{rule} at {name} is over.", "{name}的{rule}已解除。"}},
    {{"{channel} at {name} is {value} {unit}, but its neighbours say {other} {unit}.",
      "{name}的{channel}为{value} {unit}，而相邻传感器为{other} {unit}。"},
     {"{channel} at {name} agrees with its neighbours again: {value} {unit}.",
      "{name}的{channel}与相邻传感器恢复一致：{value} {unit}。"}},
    {{"{channel} at {name} is {value} {unit}, but {other} {unit} at {detail}: one of them is wrong.",
      "{name}的{channel}为{value} {unit}，而{detail}为{other} {unit}：其中之一有误。"},
     {"{channel} at {name} and its neighbour agree again: {value} {unit}.",
      "{name}的{channel}与相邻传感器恢复一致：{value} {unit}。"}},
    {{"{channel} at {name} and its neighbours do not agree, and no majority says which is wrong: here {value} {unit}, "
      "in the middle {other} {unit}.",
      "{name}的{channel}与相邻传感器互不一致，无法判断哪个有误：此处{value} {unit}，中间值{other} {unit}。"},
     {"{channel} at {name} and its neighbours agree again: {value} {unit}.",
      "{name}的{channel}与相邻传感器恢复一致：{value} {unit}。"}},
    {{"{channel} at {name} is not as usual: {value} {unit}.", "{name}的{channel}与平时不同：{value} {unit}。"},
     {"{channel} at {name} is as usual again.", "{name}的{channel}已恢复如常。"}},
    {{"{channel} at {name} has risen by {value} {unit} over hours and stays up; the {severity} limit is {limit} "
      "{unit}.",
      "{name}的{channel}数小时来上升{value} {unit}且未回落；{severity}限值为{limit} {unit}。"},
     {"{channel} at {name} rises no more.", "{name}的{channel}不再上升。"}},
    {{"{channel} at {name} has not come to rest for hours: at least {value} {unit} all the time.",
      "{name}的{channel}已连续数小时不停：始终不低于{value} {unit}。"},
     {"{channel} at {name} has come to rest again.", "{name}的{channel}已停歇。"}},
    {{"Hardly any water has been used at {name} for {span}: {value} {unit}, less than {limit} {unit}. Please see "
      "whether everybody is well.",
      "{name}已有{span}几乎没有用水：{value} {unit}，低于{limit} {unit}，请确认住户是否平安。"},
     {"Water is used at {name} again.", "{name}已恢复用水。"}},
    {{"Water at {name} has run for {span} without a pause, {value} {unit} in all: there may be a leak.",
      "{name}已连续用水{span}未停，共{value} {unit}，可能漏水。"},
     {"Water at {name} has paused again.", "{name}用水已恢复间歇。"}},
    {{"The meter at {name} was exchanged: the old one stood at {other} {unit}, this one stands at {value} {unit}.",
      "{name}的水表已更换：旧表{other} {unit}，新表{value} {unit}。"},
     {"The meter at {name} was exchanged a while ago.", "{name}的水表已于此前更换。"}},
    {{"The meter at {name} runs backwards: by {value} {unit} so far.", "{name}的水表倒转：已倒转{value} {unit}。"},
     {"The meter at {name} runs forward again.", "{name}的水表恢复正转。"}},
    {{"The manhole cover at {name} is {detail}.", "{name}的井盖{detail}。"},
     {"The manhole cover at {name} is closed.", "{name}的井盖已关闭。"}},
    {{"{detail}.", "{detail}。"}, {"{detail}.", "{detail}。"}},
    {{"The device at {name} reports: {detail}.", "{name}的设备报告：{detail}。"},
     {"The device at {name} no longer reports a fault.", "{name}的设备不再报告故障。"}},
    {{"{channel} at {name} is {value} {unit}: {limit} {unit} has been reached, as was expected.",
      "{name}的{channel}为{value} {unit}：已如预计达到{limit} {unit}。"},
     {"{channel} at {name} is back to {value} {unit}.", "{name}的{channel}已恢复到{value} {unit}。"}},
    {{"{detail} of {channel} at {name} within {span} is {value} {unit}, at or above the {severity} limit of {limit} "
      "{unit}.",
      "{name}的{channel}在{span}内的{detail}为{value} {unit}，达到或超过{severity}限值{limit} {unit}。"},
     {"{detail} of {channel} at {name} within {span} is back to {value} {unit}.",
      "{name}的{channel}在{span}内的{detail}已恢复到{value} {unit}。"}},
    {{"Nobody is at home at {name}.", "{name}无人在家。"},
     {"A holiday was entered for {name}: nobody is expected to use water there. No use has been seen.",
      "{name}已登记外出，家中应无人用水，报警解除；并未见到用水。"}},
}};

struct Noun {
  std::string_view channel;
  Pair text;
};
constexpr std::array kNouns{
    Noun{"", {"any channel", "任何通道"}},
    Noun{"level", {"water level", "水位"}},
    Noun{"distance", {"distance to the water", "水面距离"}},
    Noun{"volume", {"meter reading", "累计水量"}},
    Noun{"volume_reverse", {"reverse volume", "反向水量"}},
    Noun{"flow", {"flow", "流量"}},
    Noun{"energy", {"energy", "热量"}},
    Noun{"power", {"power", "功率"}},
    Noun{"temperature", {"temperature", "温度"}},
    Noun{"supply_temperature", {"supply temperature", "供水温度"}},
    Noun{"return_temperature", {"return temperature", "回水温度"}},
    Noun{"rain", {"rain", "雨量"}},
    Noun{"pressure", {"pressure", "压力"}},
    Noun{"tilt", {"tilt", "倾角"}},
    Noun{"open", {"open", "打开"}},
    Noun{"flooded", {"flooded", "积水"}},
    Noun{"moved", {"moved", "移动"}},
    Noun{"valve", {"valve", "阀门"}},
    Noun{"battery", {"battery", "电池电量"}},
    Noun{"voltage", {"voltage", "电压"}},
    Noun{"rssi", {"signal strength", "信号强度"}},
    Noun{"flag_alarm", {"alarm", "报警"}},
    Noun{"flag_application_error", {"application error", "应用错误"}},
    Noun{"flag_blocked", {"blocked meter", "表具卡滞"}},
    Noun{"flag_broken_wire", {"broken wire", "断线"}},
    Noun{"flag_burst", {"burst pipe", "爆管"}},
    Noun{"flag_busy", {"busy", "忙"}},
    Noun{"flag_card_enabled", {"card enabled", "IC卡有效"}},
    Noun{"flag_disconnected", {"disconnected from its meter", "与表具脱开"}},
    Noun{"flag_door_open", {"open door", "门打开"}},
    Noun{"flag_dry", {"empty pipe", "空管"}},
    Noun{"flag_error", {"fault", "故障"}},
    Noun{"flag_flow_limit", {"flow beyond its limit", "流量超限"}},
    Noun{"flag_flow_meter_fault", {"flow meter fault", "流量计故障"}},
    Noun{"flag_hardware", {"hardware fault", "硬件故障"}},
    Noun{"flag_leak", {"leak", "漏水"}},
    Noun{"flag_leak_1", {"leak at sensor 1", "1号探头漏水"}},
    Noun{"flag_leak_2", {"leak at sensor 2", "2号探头漏水"}},
    Noun{"flag_leak_before", {"leak some time ago", "曾漏水"}},
    Noun{"flag_level_limit", {"water level beyond its limit", "水位超限"}},
    Noun{"flag_level_meter_fault", {"level meter fault", "水位计故障"}},
    Noun{"flag_low_battery", {"low battery", "电池电量低"}},
    Noun{"flag_low_signal", {"weak signal", "信号弱"}},
    Noun{"flag_mains_failure", {"mains failure", "市电停电"}},
    Noun{"flag_memory_fault", {"memory fault", "存储器故障"}},
    Noun{"flag_no_flow", {"no flow", "无流量"}},
    Noun{"flag_no_signal", {"no signal", "无信号"}},
    Noun{"flag_over_range", {"value beyond its range", "超量程"}},
    Noun{"flag_overflow", {"flow above its range", "流量高于量程"}},
    Noun{"flag_permanent_error", {"permanent error", "永久故障"}},
    Noun{"flag_pipe_empty", {"empty pipe", "空管"}},
    Noun{"flag_poor_signal", {"poor signal", "信号质量差"}},
    Noun{"flag_pump_running", {"pump running", "水泵运行"}},
    Noun{"flag_quality_limit", {"water quality beyond its limit", "水质超限"}},
    Noun{"flag_reverse", {"reverse flow", "倒流"}},
    Noun{"flag_submerged", {"under water", "浸水"}},
    Noun{"flag_tamper", {"tampering", "拆动"}},
    Noun{"flag_tamper_before", {"tampering some time ago", "曾被拆动"}},
    Noun{"flag_temporary_error", {"temporary error", "临时故障"}},
    Noun{"flag_tilt_x", {"tilted about its x axis", "X轴倾斜"}},
    Noun{"flag_tilt_y", {"tilted about its y axis", "Y轴倾斜"}},
    Noun{"flag_tilt_z", {"tilted about its z axis", "Z轴倾斜"}},
    Noun{"flag_underflow", {"flow below its range", "流量低于量程"}},
    Noun{"flag_underflow_before", {"flow below its range some time ago", "曾有流量低于量程"}},
    Noun{"flag_volume_limit", {"volume beyond its limit", "水量超限"}},
    Noun{"tag", {"tag", "标签"}},
    Noun{"antenna", {"antenna", "天线"}},
};

}  // namespace

std::string_view text_of(Language language, Phrase phrase, bool cleared) {
  const PhraseText& texts = kPhraseTexts[static_cast<std::size_t>(phrase)];
  return in(language, cleared ? texts.cleared : texts.active);
}

std::string_view noun_of(Language language, std::string_view channel) {
  for (const Noun& noun : kNouns) {
    if (noun.channel == channel) return in(language, noun.text);
  }
  return {};
}

}  // namespace afferent::rules
