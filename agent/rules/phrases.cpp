#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

struct PhraseText {
  Pair active;
  Pair cleared;
};

// Of both sides: too many and too few, too much and too little.
constexpr PhraseText kCountText{
    {"Values of {channel} from {name} within {span}: {value}; the {severity} limit is {limit}.",
     "{name}的{channel}在{span}内有{value}个读数；{severity}限值为{limit}个。"},
    {"Values of {channel} from {name} within {span}: {value}.", "{name}的{channel}在{span}内有{value}个读数。"}};
constexpr PhraseText kUsedText{
    {"{value} {unit} of water have run through the meter at {name} within {span}; the {severity} limit is {limit} "
     "{unit}.",
     "{name}在{span}内用水{value} {unit}；{severity}限值为{limit} {unit}。"},
    {"{value} {unit} of water have run through the meter at {name} within {span}, which is within the limit again.",
     "{name}在{span}内用水{value} {unit}，已恢复到限值以内。"}};

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
    kCountText,
    kUsedText,
    {{"Water at {name} did not come to rest within {span}: at least {value} {unit} ran in every {detail}, more than "
      "the "
      "{severity} limit of {limit} {unit}.",
      "{name}在{span}内用水未停：每{detail}至少用水{value} {unit}，高于{severity}限值{limit} {unit}。"},
     {"Water at {name} came to rest again: within {span} there was a time of {detail} with {value} {unit}.",
      "{name}用水已停歇：{span}内用水最少的{detail}为{value} {unit}。"}},
    kCountText,
    kUsedText,
}};

}  // namespace

bool of_lower_limit(Phrase phrase) {
  switch (phrase) {
    case Phrase::below:
    case Phrase::fall:
    case Phrase::window_below:
    case Phrase::count_few:
    case Phrase::used_little: return true;
    default: return false;
  }
}

std::string_view text_of(Language language, Phrase phrase, bool cleared) {
  const PhraseText& texts = kPhraseTexts[static_cast<std::size_t>(phrase)];
  return in(language, cleared ? texts.cleared : texts.active);
}

}  // namespace afferent::rules
