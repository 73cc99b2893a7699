"""A story over segments, the cast, what a shot shares, and advice: by hand-checked stories and by properties."""

import random
import re
from pathlib import Path

import pytest

from models.animatic.reading import read
from models.engine import MAX_SEED, SLOTS, Prompt
from studio.errors import Invalid
from studio.prompts import (
    advise,
    comfortable,
    compose,
    continuing,
    default_wording,
    expand,
    member,
    names_in,
    read_member,
    split_story,
    unknown_names,
    uses,
)
from studio.prompts.clean import SLOT_LIMIT, is_cjk
from studio.prompts.vocabulary import read_table
from studio.storyboard import CastMember, Look, Segment, Storyboard
from tests.yardstick import within

SAMPLES = Path(__file__).parent.parent / "assets" / "samples"

# Story: its segments as "subject | action | scene | style | lighting | camera [commands]".
STORIES = {
    "a fox walks through the forest, drinks at a stream, looks up at the moon": [
        "a fox | walks | through the forest",
        "a fox | drinks at a stream | in the forest",
        "a fox | looks up at the moon | in the forest",
    ],
    "一只狐狸穿过森林，在小溪边喝水，抬头看月亮": [
        "一只狐狸 | 穿过 | 森林",
        "一只狐狸 | 喝水 | 森林里的小溪边",
        "一只狐狸 | 抬头看月亮 | 森林",
    ],
    "A fox walked through the forest, drank at a stream and looked up at the moon.": [
        "a fox | walked | through the forest",
        "a fox | drank at a stream | in the forest",
        "a fox | looked up at the moon | in the forest",
    ],
    "A fox walks. [cut] At night it sits on a hill. In the garden a boy jumps.": [
        "a fox | walks",
        "a fox | sits | on a hill |  | at night [cut]",
        "a boy | jumps | in the garden |  | at night [cut]",
    ],
    "一只狐狸走过森林。夜里它睡觉。": [
        "一只狐狸 | 走过 | 森林",
        "一只狐狸 | 睡觉 | 森林 |  | 夜里",
    ],
    "A fox runs\ndrinks at a stream\nlooks up at the moon": [
        "a fox | runs",
        "a fox | drinks at a stream",
        "a fox | looks up at the moon",
    ],
    "A fox walks through the forest. Then it drinks at a stream. Finally, it looks up at the moon.": [
        "a fox | walks | through the forest",
        "a fox | drinks at a stream | in the forest",
        "a fox | looks up at the moon | in the forest",
    ],
    "A robot waves, and then it turns around. After that, it flies away.": [
        "a robot | waves",
        "a robot | turns around",
        "a robot | flies away",
    ],
    "A girl of eight, red scarf, walks on the beach.": [
        "a girl of eight, red scarf | walks | on the beach",
    ],
    "A majestic lion, its mane flowing in the wind, walks across the grassland.": [
        "a majestic lion, its mane flowing in the wind | walks | across the grassland",
    ],
    "A fox, red and small, runs through the snow.": [
        "a fox, red and small | runs | through the snow",
    ],
    "A dog runs and jumps.": [
        "a dog | runs",
        "a dog | jumps",
    ],
    "A black and white cat walks up and down.": [
        "a black and white cat | walks up and down",
    ],
    "A boy and a girl walk through a park and laugh.": [
        "a boy and a girl | walk | through a park",
        "a boy and a girl | laugh | in a park",
    ],
    "Two foxes run across a field, jump over a log and rest under a tree.": [
        "two foxes | run | across a field",
        "two foxes | jump over a log | on a field",
        "two foxes | rest under a tree | on a field",
    ],
    "A cat sits next to a window. The next day, it sits on a roof.": [
        "a cat | sits | next to a window",
        "a cat | sits | on a roof [cut]",
    ],
    "A boy throws a ball. It flies over the fence.": [
        "a boy | throws a ball",
        "a ball | flies over the fence",
    ],
    "A princess meets a knight. She smiles and he bows. They dance.": [
        "a princess | meets a knight",
        "a princess | smiles",
        "a knight | bows",
        "a princess and a knight | dance",
    ],
    "A girl walks on the beach. A boy throws a ball. She laughs.": [
        "a girl | walks | on the beach",
        "a boy | throws a ball | on the beach",
        "a girl | laughs | on the beach",
    ],
    "A red fox sleeps in a cave. A white owl watches. The fox wakes up.": [
        "a red fox | sleeps | in a cave",
        "a white owl | watches | in a cave",
        "a red fox | wakes up | in a cave",
    ],
    "A girl finds a kitten in the garden. It purrs.": [
        "a girl | finds a kitten | in the garden",
        "a kitten | purrs | in the garden",
    ],
    "In a misty forest, a fox runs, looking up.": [
        "a fox | runs, looking up | in a misty forest",
    ],
    "A wolf walks. In the snow, it howls at the moon.": [
        "a wolf | walks",
        "a wolf | howls at the moon |  |  | in the snow",
    ],
    "A robot wakes up in a factory. Meanwhile, in the city, a girl waits by the window. She waves.": [
        "a robot | wakes up | in a factory",
        "a girl | waits by the window | in the city [cut]",
        "a girl | waves | in the city",
    ],
    "A wolf howls on a hill. A girl cooks in a kitchen.": [
        "a wolf | howls | on a hill",
        "a girl | cooks | in a kitchen [cut]",
    ],
    "A girl cooks in a kitchen. She plays in the garden.": [
        "a girl | cooks | in a kitchen",
        "a girl | plays | in the garden",
    ],
    "A wolf walks down the hill, enters a cave and lies down.": [
        "a wolf | walks down the hill",
        "a wolf | enters a cave",
        "a wolf | lies down | in a cave",
    ],
    "A girl walks to the river and drinks.": [
        "a girl | walks to the river",
        "a girl | drinks | by the river",
    ],
    "A samurai stands on a street. He draws his sword, then attacks. The camera slowly pushes in. Cyberpunk style.": [
        "a samurai | stands | on a street | Cyberpunk style |  | the camera slowly pushes in",
        "a samurai | draws his sword | on a street | Cyberpunk style |  | the camera slowly pushes in",
        "a samurai | attacks | on a street | Cyberpunk style |  | the camera slowly pushes in",
    ],
    "Ink wash style, at dawn. A fox runs. It jumps.": [
        "a fox | runs |  | Ink wash style | at dawn",
        "a fox | jumps |  | Ink wash style | at dawn",
    ],
    "A girl sits by the window. At night, she sleeps.": [
        "a girl | sits | by the window",
        "a girl | sleeps | by the window |  | at night",
    ],
    "A girl reads in a library. Close-up of a cat drinking water. She smiles.": [
        "a girl | reads | in a library",
        "a cat | drinking water | in a library |  |  | Close-up",
        "a girl | smiles | in a library",
    ],
    "A fox walks [3s], drinks [cut] [seed=7], looks up [2.5 sec, seed 12].": [
        "a fox | walks [3s]",
        "a fox | drinks [cut] [seed=7]",
        "a fox | looks up [2.5s] [seed=12]",
    ],
    "[cut] A fox runs. [3s] It jumps. [1s]\nA wolf howls. [cut]\nIt runs.": [
        "a fox | runs [cut]",
        "a fox | jumps [1s]",
        "a wolf | howls",
        "a wolf | runs [cut]",
    ],
    "1. A fox runs.\n2) It drinks.\n- It looks up.\n* It sleeps.": [
        "a fox | runs",
        "a fox | drinks",
        "a fox | looks up",
        "a fox | sleeps",
    ],
    "Scene 1: A robot walks in a city\nScene 2: It waves\n\nShot 3: It flies away": [
        "a robot | walks | in a city",
        "a robot | waves | in a city",
        "a robot | flies away | in a city",
    ],
    "@Mia: a girl of eight, red scarf\n@Rex：一只柴犬\n@Mia walks in the park. @Rex runs. She waves, and it jumps.": [
        "@Mia | walks | in the park",
        "@Rex | runs | in the park",
        "@Mia | waves | in the park",
        "@Rex | jumps | in the park",
    ],
    "A girl sits in a garden. The wind blows her hair. Her dog barks.": [
        "a girl | sits, the wind blows her hair | in a garden",
        "a girl, her dog | barks | in a garden",
    ],
    "A fox who lives in the forest finds a balloon. The balloon flies away.": [
        "a fox who lives in the forest | finds a balloon",
        "a balloon | flies away",
    ],
    "Night falls. A wolf runs through the forest. It rains. It hides in a cave.": [
        "a wolf | runs | through the forest |  | Night falls",
        "a wolf | hides | in a cave |  | It rains",
    ],
    "A small dragon looks around. It stays there since then.": [
        "a small dragon | looks around",
        "a small dragon | stays there since then",
    ],
    'She says "hello, fox. Then go." and waves.': [
        'She | says "hello, fox. Then go."',
        "She | waves",
    ],
    "A knight walks across the long and very wide grassland that lies below\nthe mountains and looks at the castle.": [
        "a knight | walks | across the long and very wide grassland that lies below the mountains",
        "a knight | looks at the castle | on the long and very wide grassland that lies",
    ],
    "A girl's dog, old and tired, lies on the sofa (asleep).": [
        "a girl's dog, old and tired | lies | on the sofa (asleep)",
    ],
    "一只狐狸在雪地里奔跑，然后停下，最后抬头看月亮。": [
        "一只狐狸 | 奔跑 | 雪地里",
        "一只狐狸 | 停下 | 雪地里",
        "一只狐狸 | 抬头看月亮 | 雪地里",
    ],
    "一个八岁的女孩，红围巾，走过森林。": [
        "一个八岁的女孩，红围巾 | 走过 | 森林",
    ],
    "一个女孩走进咖啡馆，点了一杯咖啡，坐在窗边看书。她抬头微笑。": [
        "一个女孩 | 走进 | 咖啡馆",
        "一个女孩 | 点了一杯咖啡 | 咖啡馆",
        "一个女孩 | 坐在窗边看书 | 咖啡馆",
        "一个女孩 | 抬头微笑 | 咖啡馆",
    ],
    "清晨，一位老人在河边钓鱼。接着他站起来，挥手。": [
        "一位老人 | 钓鱼 | 河边 |  | 清晨",
        "一位老人 | 站起来 | 河边 |  | 清晨",
        "一位老人 | 挥手 | 河边 |  | 清晨",
    ],
    "宇航员在月球上跳跃，地球在背景中升起": [
        "宇航员 | 跳跃，地球在背景中升起 | 月球上",
    ],
    "一个机器人在城市里行走。与此同时，一个女孩在厨房里做饭。她微笑。": [
        "一个机器人 | 行走 | 城市里",
        "一个女孩 | 做饭 | 厨房里 [cut]",
        "一个女孩 | 微笑 | 厨房里",
    ],
    "一个男孩扔出一个小球。它飞过栅栏。": [
        "一个男孩 | 扔出一个小球",
        "一个小球 | 飞过栅栏",
    ],
    "一只小猫在花园里玩耍。女孩看着它。小猫睡着了。": [
        "一只小猫 | 玩耍 | 花园里",
        "女孩 | 看着它 | 花园里",
        "一只小猫 | 睡着了 | 花园里",
    ],
    "一个女孩和一只狗在沙滩上奔跑，他们跳进海里。": [
        "一个女孩和一只狗 | 奔跑 | 沙滩上",
        "一个女孩和一只狗 | 跳进 | 海里",
    ],
    "两只小猫在花园里玩耍，追着蝴蝶跑，之后在树下睡着了。电影感，黄昏": [
        "两只小猫 | 玩耍 | 花园里 | 电影感 | 黄昏",
        "两只小猫 | 追着蝴蝶跑 | 花园里 | 电影感 | 黄昏",
        "两只小猫 | 睡着了 | 花园里的树下 | 电影感 | 黄昏",
    ],
    "一只狐狸奔跑[3秒]，喝水【切】，抬头[种子=7]。": [
        "一只狐狸 | 奔跑 [3s]",
        "一只狐狸 | 喝水 [cut]",
        "一只狐狸 | 抬头 [seed=7]",
    ],
    "第一段：一只狐狸在雪地里奔跑\n第二段：它停在小溪边喝水\n第三段：它抬头望着月亮": [
        "一只狐狸 | 奔跑 | 雪地里",
        "一只狐狸 | 停在小溪边喝水 | 雪地里",
        "一只狐狸 | 抬头望着月亮 | 雪地里",
    ],
    "@小米：一个八岁的女孩，红围巾\n@小米走过森林，在小溪边喝水。她抱起一只小猫，笑了。": [
        "@小米 | 走过 | 森林",
        "@小米 | 喝水 | 森林里的小溪边",
        "@小米 | 抱起一只小猫 | 森林",
        "@小米 | 笑了 | 森林",
    ],
    "从前有一只小狐狸，住在森林里。有一天，它发现了一个红气球。气球飞走了。": [
        "一只小狐狸 | 住 | 森林里",
        "一只小狐狸 | 发现了一个红气球 | 森林里",
        "一个红气球 | 飞走了 | 森林里",
    ],
    "最后一片叶子飘落。": [
        "最后一片叶子 | 飘落",
    ],
    "一位侠客在竹林里舞剑，它的影子在地上摇曳。": [
        "一位侠客 | 舞剑，它的影子在地上摇曳 | 竹林里",
    ],
    "夜晚的城市里，一辆跑车飞驰。另一边，一列火车穿过山谷。": [
        "一辆跑车 | 飞驰 | 夜晚的城市里",
        "一列火车 | 穿过 | 山谷 [cut]",
    ],
    "A fox runs. 一只狐狸在森林里睡觉。它醒来。": [
        "a fox | runs",
        "一只狐狸 | 睡觉 | 森林里",
        "一只狐狸 | 醒来 | 森林里",
    ],
    "Two birds sing in a tree, one flies away.": [
        "two birds | sing | in a tree",
        "one | flies away | in a tree",
    ],
    "A cat (black, with white paws) sits on a roof; it yawns, then falls asleep...": [
        "a cat (black, with white paws) | sits | on a roof",
        "a cat (black, with white paws) | yawns | on a roof",
        "a cat (black, with white paws) | falls asleep | on a roof",
    ],
    "Tom & Mia walk to the river!! They laugh? Tom trips; Mia helps him up.": [
        "Tom & Mia | walk to the river",
        "Tom & Mia | laugh | by the river",
        "Tom | trips | by the river",
        "Mia | helps him up | by the river",
    ],
    "A dragon sleeps in a dark cave. A knight sneaks in, steals a cup. The dragon chases him through the cave.": [
        "a dragon | sleeps | in a dark cave",
        "a knight | sneaks in | in a dark cave",
        "a knight | steals a cup | in a dark cave",
        "a dragon | chases him | through the cave",
    ],
    "It was midnight. A woman in a red dress walked into the bar, sat down and looked at the clock.": [
        "a woman in a red dress | walked | into the bar |  | It was midnight",
        "a woman in a red dress | sat down | in the bar |  | It was midnight",
        "a woman in a red dress | looked at the clock | in the bar |  | It was midnight",
    ],
    "下雨了，一只小猫躲在屋檐下。一个女孩走过来，蹲下，轻轻抚摸小猫。小猫跟着她回家。": [
        "一只小猫 | 躲 | 屋檐下 |  | 下雨了",
        "一个女孩 | 走过来 | 屋檐下 |  | 下雨了",
        "一个女孩 | 蹲下 | 屋檐下 |  | 下雨了",
        "一个女孩 | 轻轻抚摸小猫 | 屋檐下 |  | 下雨了",
        "一只小猫 | 跟着她回家 | 屋檐下 |  | 下雨了",
    ],
    "她走在路上。突然，一只狗跑了出来。她转身就跑。狗追着她。": [
        "她 | 走 | 路上",
        "一只狗 | 跑了出来 | 路上",
        "她 | 转身就跑 | 路上",
        "一只狗 | 追着她 | 路上",
    ],
    "一个小男孩在海边捡到一个瓶子。他跟着地图走进森林，找到了一个宝箱。宝箱发出金色的光。": [
        "一个小男孩 | 捡到一个瓶子 | 海边",
        "一个小男孩 | 跟着地图走进 | 森林",
        "一个小男孩 | 找到了一个宝箱 | 森林",
        "一个宝箱 | 发出金色的光 | 森林",
    ],
    "A fox, a cat and a dog walk in a row through the snow, sing and dance.": [
        "a fox, a cat and a dog | walk | in a row through the snow",
        "a fox, a cat and a dog | sing",
        "a fox, a cat and a dog | dance",
    ],
    "一只狐狸穿过森林，再到小溪边喝水，最后抬头看月亮": [
        "一只狐狸 | 穿过 | 森林",
        "一只狐狸 | 到小溪边喝水 | 森林",
        "一只狐狸 | 抬头看月亮 | 森林",
    ],
    "武士拔出剑，敌人倒下，樱花飘落": [
        "武士 | 拔出剑",
        "敌人 | 倒下",
        "樱花 | 飘落",
    ],
    "狐狸偷了一只鸡，农夫追它": [
        "狐狸 | 偷了一只鸡",
        "农夫 | 追它",
    ],
    "雪落在村庄里。": [
        "雪 | 落 | 村庄里",
    ],
    "风筝卡在树上。": [
        "风筝 | 卡 | 树上",
    ],
    "卡在树上的风筝飘走。": [
        "卡在树上的风筝 | 飘走",
    ],
    "孩子们堆沙堡，一只螃蟹爬过": [
        "孩子们 | 堆沙堡",
        "一只螃蟹 | 爬过",
    ],
    "农夫种玉米。女孩跑步。": [
        "农夫 | 种玉米",
        "女孩 | 跑步",
    ],
    "厨师切菜，锅冒烟，他尝汤": [
        "厨师 | 切菜",
        "锅冒烟",
        "厨师 | 尝汤",
    ],
    "孩童嬉水，阿姨鼓掌，女孩微笑": [
        "孩童嬉水",
        "阿姨 | 鼓掌",
        "女孩 | 微笑",
    ],
    "小明，红围巾，走过森林。": [
        "小明，红围巾 | 走过 | 森林",
    ],
    "农夫家里，一只猫睡觉。": [
        "一只猫 | 睡觉 | 农夫家里",
    ],
    "The wizards zork, the shepherd runs.": [
        "the wizards zork",
        "the shepherd | runs",
    ],
    "Slowly, the fox walks. Out of nowhere, a dog runs.": [
        "the fox | slowly walks",
        "a dog | out of nowhere, runs",
    ],
    "One sunny day, a girl walks.": [
        "a girl | walks |  |  | One sunny day",
    ],
    'The girl shouts: "Run!" The dog runs.': [
        'the girl | shouts: "Run!"',
        "the dog | runs",
    ],
    '"Hello," says the man. "Run!" The dog barks.': [
        'the man | says "Hello"',
        'the man | "Run!"',
        "the dog | barks",
    ],
    '"Where are you?" asks the girl. "Here!" the old king says, waving.': [
        'the girl | asks "Where are you?"',
        'the old king | says "Here!", waving',
    ],
    'A man says, "Come!" The girl answers. He says no.': [
        'a man | says, "Come!"',
        "the girl | answers",
        "a man | says no",
    ],
    "女孩喊：“快跑！”狗跑了": [
        "女孩 | 喊：“快跑！”",
        "狗 | 跑了",
    ],
    "“你好，”男人说。“快跑！”女孩大声喊。狗跑了。": [
        "男人 | 说“你好”",
        "女孩 | 大声喊“快跑！”",
        "狗 | 跑了",
    ],
    "一个女孩走路。她问：“你是谁？”男孩答：“我是小明。”他们笑。": [
        "一个女孩 | 走路",
        "一个女孩 | 问：“你是谁？”",
        "男孩 | 答：“我是小明。”",
        "一个女孩和男孩 | 笑",
    ],
    "“快跑！狗跑了。": [
        "“快跑",
        "狗 | 跑了",
    ],
    "Mrs. Smith waters the roses. Dr. Jones misses it. She smiles.": [
        "Mrs. Smith | waters the roses",
        "Dr. Jones | misses it",
        "Mrs. Smith | smiles",
    ],
    "A boy with a dog walks. The dog barks. The boy laughs.": [
        "a boy with a dog | walks",
        "the dog | barks",
        "a boy with a dog | laughs",
    ],
    "A knight who fights a dragon falls. The dragon laughs.": [
        "a knight who fights a dragon | falls",
        "the dragon | laughs",
    ],
    "A girl wearing a hat walks. The hat falls. The girl stops.": [
        "a girl wearing a hat | walks",
        "the hat | falls",
        "a girl wearing a hat | stops",
    ],
    "A boy and a girl walk. The girl laughs. The boy and the girl run.": [
        "a boy and a girl | walk",
        "the girl | laughs",
        "a boy and a girl | run",
    ],
    "一个女孩和一只狗走路。狗叫了。": [
        "一个女孩和一只狗 | 走路",
        "狗 | 叫了",
    ],
    "一个带着狗的男孩走路。狗叫了。男孩笑。": [
        "一个带着狗的男孩 | 走路",
        "狗 | 叫了",
        "一个带着狗的男孩 | 笑",
    ],
    "Rain falls. She runs.": [
        "Rain | falls",
        "She | runs",
    ],
    "Wind blows. She runs. A boy stops. She waves.": [
        "Wind | blows",
        "She | runs",
        "a boy | stops",
        "She | waves",
    ],
    "Darkness spreads. He runs.": [
        "Darkness spreads",
        "He | runs",
    ],
    "雨落下。她跑步。": [
        "雨 | 落下",
        "她 | 跑步",
    ],
    "黑暗笼罩大地。她跑步。": [
        "黑暗笼罩大地",
        "她 | 跑步",
    ],
    "The girl cries, then leaves.": [
        "the girl | cries",
        "the girl | leaves",
    ],
    "A ship sails, then founders in a storm. A whale rises.": [
        "a ship | sails",
        "a ship | founders |  |  | in a storm",
        "a whale | rises |  |  | in a storm",
    ],
    "A wolf walks, then night falls. It howls.": [
        "a wolf | walks",
        "a wolf | howls |  |  | night falls",
    ],
    "Wolves zork at night. Heroes greet dawn.": [
        "Wolves zork |  |  |  | at night",
        "Heroes | greet dawn |  |  | at night",
    ],
    "Leaves. A cat sleeps.": [
        "Leaves",
        "a cat | sleeps",
    ],
    "女孩哭泣，然后鞠躬。": [
        "女孩 | 哭泣",
        "女孩 | 鞠躬",
    ],
    "女孩哭泣，然后天黑了。她睡觉。": [
        "女孩 | 哭泣",
        "女孩 | 睡觉 |  |  | 天黑了",
    ],
    "孩子们嬉水到黄昏。": [
        "孩子们嬉水到黄昏",
    ],
    "[1.5s] Rain.\n[3s] A door opens.": [
        "Rain [1.5s]",
        "a door | opens [3s]",
    ],
    "[1.5秒] 下雨。[3秒] 门打开。": [
        "下雨 [1.5s]",
        "门 | 打开 [3s]",
    ],
}

# The same for screenplays, whose headings give place and light but no words of their own.
SCREENPLAYS = {
    "INT. KITCHEN - NIGHT\nA woman cooks.\nShe sits at a table.\nEXT. GARDEN - DAY\nA dog runs. It sleeps.": [
        "a woman | cooks | kitchen |  | night",
        "a woman | sits at a table | kitchen |  | night",
        "a dog | runs | garden |  | day [cut]",
        "a dog | sleeps | garden |  | day",
    ],
    "INT. JOE'S DINER - NIGHT. A man eats.\nEXT. STREET - CONTINUOUS\nHe walks through the street.\nINT. CAR - DAY": [
        "a man | eats | joe's diner |  | night",
        "a man | walks | through the street |  | night [cut]",
        "car |  |  |  | day [cut]",
    ],
    "内景 厨房 夜\n一个女人做饭。\n外景。森林 - 日\n一只狐狸在小溪边喝水。它睡觉。": [
        "一个女人 | 做饭 | 厨房 |  | 夜晚",
        "一只狐狸 | 喝水 | 森林里的小溪边 |  | 白天 [cut]",
        "一只狐狸 | 睡觉 | 森林里 |  | 白天",
    ],
    '@Mia: a girl\n@Mia says: "Hello!" The fox bows.': [
        '@Mia | says: "Hello!"',
        "the fox | bows",
    ],
    "@小米：一个女孩\n@小米说：“你好！”狐狸鞠躬。": [
        "@小米 | 说：“你好！”",
        "狐狸 | 鞠躬",
    ],
    "A chef chops onions, garlic and herbs. He tastes the soup.": [
        "a chef | chops onions, garlic and herbs",
        "a chef | tastes the soup",
    ],
    "小鹿带她来到湖边，宇航员向外看。": [
        "小鹿 | 带她来到 | 湖边",
        "宇航员 | 向外看 | 湖边",
    ],
    '"Stop!" he said. "Go!" she answered.': [
        'he | said "Stop!"',
        'she | answered "Go!"',
    ],
    "“救命！”她喊道，骑士赶来。": [
        "她 | 喊道“救命！”",
        "骑士 | 赶来",
    ],
    "一个男孩把球踢进门里，守门员扑倒": [
        "一个男孩 | 把球踢进 | 门里",
        "守门员 | 扑倒 | 门里",
    ],
}


def as_row(segment):
    row = " | ".join(getattr(segment.prompt, slot) for slot in SLOTS).rstrip(" |")
    row += f" [{segment.seconds:g}s]" if segment.seconds != 2 else ""
    row += " [cut]" if segment.cut else ""
    return row + (f" [seed={segment.seed}]" if segment.seed is not None else "")


@pytest.mark.parametrize("story", [*STORIES, *SCREENPLAYS])
def test_a_story_is_split_into_segments(story):
    assert [as_row(segment) for segment in split_story(story).segments] == (STORIES | SCREENPLAYS)[story]


def sample(name):
    return (SAMPLES / f"story_{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "count", "cuts"),
    [("fox_en", 6, []), ("fox_zh", 6, []), ("robot_en", 16, [6, 11, 15]), ("robot_zh", 16, [6, 11, 15])],
)
def test_a_sample_story_is_drawn_as_it_says(name, count, cuts):
    draft = split_story(sample(name))
    assert len(draft.segments) == count
    assert [at for at, segment in enumerate(draft.segments) if segment.cut] == cuts
    readings = [read(compose(expand(segment.prompt, draft.cast)))[1] for segment in draft.segments]
    assert [reading.unknown for reading in readings] == [()] * count
    for segment in draft.segments:
        assert segment.prompt.style and segment.prompt.scene and segment.prompt.action


def words_kept(story, segments):
    """Return the words of a story that are in no slot, but for connectives, pronouns, commands and numbers."""
    slots = " ".join(getattr(segment.prompt, slot) for segment in segments for slot in SLOTS).casefold()
    story = re.sub(r"(?m)^[@＠][^\n:：]*[:：].*$", "", story)
    story = re.sub(r"[\[【][^\]】]*[\]】]", " ", story).casefold()
    table = read_table("story")
    free = {word for phrase in re.split(r"[,\n]", table["english"]["openers"]) for word in phrase.split()}
    free |= {word for words in table["pronouns"].values() for word in words.split()}
    free |= {"and", "but", "the", "that", "this", "these", "those", "who", "which", "of", "scene", "shot"}
    kept = set(re.findall(r"[^\W_]+", slots))
    english = {word for word in re.findall(r"[^\W_]+", story) if not any(map(is_cjk, word))}
    for phrase in sorted(table["chinese"]["openers"].split(), key=len, reverse=True):
        story = story.replace(phrase, "")
    story = re.sub(r"第.{1,3}段", "", story)
    chinese = {letter for letter in story if is_cjk(letter)} - set("它他她们那这只个在的并")
    lost = {word for word in english - free if word not in kept and not word.isdigit()}
    return lost | {letter for letter in chinese if letter not in slots}


@pytest.mark.parametrize("story", [*STORIES, *map(sample, ("fox_en", "fox_zh", "robot_en", "robot_zh"))])
def test_no_word_of_a_story_is_lost(story):
    assert words_kept(story, split_story(story).segments) == set()


ENGLISH = """a fox walks through the forest|drinks at a stream|it runs|the fox jumps|a girl of eight|red scarf
|in the city|at night|ink wash style|looking up|they dance|her dog barks|the wind blows|two foxes run|camera pushes in
|[3s]|[cut]|steps inside|she sits on a chair under a tree in the park|walked home slowly|a zorb glimmers"""
CHINESE = """一只狐狸穿过森林|在小溪边喝水|它奔跑|抬头看月亮|一个八岁的女孩|红围巾|城市里|夜晚|水墨风格|他们跳舞
|它的尾巴摇曳|风吹过|镜头推近|坐在窗边看书|【切】|走进咖啡馆"""


def jumbled(seed):
    """Return clauses and connectives of both languages in a random order."""
    chance = random.Random(seed)
    english, chinese = (text.replace("\n", "").split("|") for text in (ENGLISH, CHINESE))
    if seed % 2:
        return "".join(f"{chance.choice(chinese)}{chance.choice('，。，然后')}" for _ in range(chance.randint(1, 12)))
    joins = [", ", ". ", " and ", ", then ", "; ", "\n", ". Meanwhile, ", "\n\n- "]
    return "".join(f"{chance.choice(english)}{chance.choice(joins)}" for _ in range(chance.randint(1, 12)))


@pytest.mark.parametrize("seed", range(400))
def test_whatever_is_told_its_words_stay_and_every_segment_can_be_sent(seed):
    story = "A cat sits. " + jumbled(seed)
    draft = split_story(story)
    assert words_kept(story, draft.segments) == set()
    for segment in draft.segments:
        assert compose(segment.prompt).sentence
        assert segment.prompt.subject


# Clauses that name who does something, as "subject | rest"; nothing is known of what those without a stroke tell.
TELLING = {
    "en": """a fox | walks through the forest;the girl | shouts: "Run!";a boy with a dog | jumps;the old king | sings
;Mia | waves;the wizards zork;two goblins blorf a kettle;the sailors quaff grog""",
    "zh": """一只狐狸 | 穿过森林;女孩 | 喊：“快跑！”;一个带着狗的男孩 | 跳跃;武士 | 拔出剑;农夫 | 种玉米;风筝 | 卡在树上
;小明 | 挥手;孩童嬉水;锅冒泡;琴师抚琴;旗手擎旗到黄昏""",
}


def told(seed):
    """Return clauses, each once and in a random order, and the story that they make."""
    chance, language = random.Random(seed), ("en", "zh")[seed % 2]
    every = TELLING[language].replace("\n", "").split(";")
    chosen = chance.sample(every, chance.randint(2, len(every)))
    marks = {"en": [", ", ". ", ", then ", "\n"], "zh": ["，", "。", "，然后", "\n"]}[language]
    story = ""
    for clause in chosen:
        mark = chance.choice(marks) if story else ""
        words = clause.replace(" | ", " " if language == "en" else "")
        story += mark + (words[0].upper() + words[1:] if mark in ("", ". ", "\n") else words)
    return chosen, story


def letters(*texts):
    return "".join(filter(str.isalnum, "".join(texts).casefold()))


@pytest.mark.parametrize("seed", range(400))
def test_every_clause_is_a_segment_once_and_in_order_and_nobody_else_acts(seed):
    chosen, story = told(seed)
    segments = split_story(story).segments
    subjects = [letters(clause.split(" | ")[0]) for clause in chosen]
    assert [letters(segment.prompt.subject) for segment in segments] == subjects, story
    for clause, segment in zip(chosen, segments, strict=True):
        prompt = segment.prompt
        does = letters(prompt.action, prompt.scene)
        rest = iter(does)
        assert all(letter in rest for letter in letters(clause.partition(" | ")[2]) if letter != "在"), story
        assert not any(subject in does for subject in subjects), story
        assert not prompt.style + prompt.lighting + prompt.camera, story


@pytest.mark.parametrize(
    "story", ["", " \n\t\n", "。。。", "[3s]", "...\n---", "@Mia: a girl", "\u202e\u200b", "\ud800"], ids=ascii
)
def test_a_story_without_words_is_refused(story):
    with pytest.raises(Invalid) as refused:
        split_story(story)
    assert refused.value.code == "story_empty"


def refusal(story):
    with pytest.raises(Invalid) as refused:
        split_story(story)
    return refused.value.code, refused.value.values


def test_two_hundred_segments_fit_and_more_are_counted():
    assert len(split_story("A fox runs.\n" * 200).segments) == 200
    assert refusal("A fox runs.\n" * 500) == ("story_too_many", {"segments": 500, "limit": 200})


@pytest.mark.parametrize("story", ["very " * 8_000, "狐狸" * 20_000, "a, " * 13_000, "的，" * 20_000, "a and " * 6_600])
def test_a_segment_of_forty_thousand_characters_is_refused(story):
    code, values = refusal("A fox runs.\n" + story)
    assert code == "story_segment_long"
    assert values["number"] == 2 and values["length"] > 38_000 and values["limit"] == SLOT_LIMIT


def test_a_segment_is_refused_that_no_engine_would_take():
    assert refusal("a fox runs, " + "red and white " * 40)[0] == "story_segment_long"


@pytest.mark.parametrize("asked", ["0s", "-1s", "−2 秒", "61s", "999999999s", "0.0 sec", "0秒"])
def test_seconds_that_make_no_segment_are_refused(asked):
    assert refusal(f"A fox runs [{asked}].")[0] == "story_seconds_refused"


@pytest.mark.parametrize("seed", ["-1", str(MAX_SEED + 1), "9" * 39, "seven", "1.5", "²"])
def test_an_absurd_seed_is_refused(seed):
    assert refusal(f"A fox runs [seed={seed}].") == ("seed_refused", {"seed": seed, "high": MAX_SEED})


def test_the_largest_seed_is_taken():
    assert split_story(f"A fox runs [seed={MAX_SEED}].").segments[0].seed == MAX_SEED


@pytest.mark.parametrize("said", ["[laughing]", "[3]", "[see note]", "[cut here]", "[]", "[3s"])
def test_brackets_that_are_no_command_stay_words(said):
    segment = split_story(f"A fox runs {said}.").segments[0]
    assert segment == Segment(segment.prompt) and said.strip("[]") in segment.prompt.action


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("@" + "M" * 41 + ": a girl", "cast_name_refused"),
        ("@Mia Rose: a girl", "cast_name_refused"),
        ("@Mia: " + "red " * 200, "cast_words_too_long"),
        ("@Mia: a girl\n@mia: a boy", "cast_name_twice"),
    ],
    ids=ascii,
)
def test_a_cast_line_that_cannot_be_used_is_refused(line, code):
    assert refusal(f"{line}\n@Mia walks.")[0] == code


HOSTILE = [
    "\u202eA fox\u202c runs",
    "A\u0000 fox\u0007 runs",
    "\ud800A fox runs",
    "A fox\u200b runs",
    "A \ufefffox runs",
]


@pytest.mark.parametrize("story", HOSTILE, ids=ascii)
def test_what_cannot_be_seen_is_washed_out(story):
    assert as_row(split_story(story).segments[0]) == "a fox | runs"


TIRING = {
    "lines": "A fox walks through the forest, drinks at a stream and looks up at the moon.\n" * 500,
    "chinese": "一只狐狸穿过森林，在小溪边喝水，然后抬头看月亮。\n" * 500,
    "quotes": '"a ' * 20_000,
    "brackets": "[" * 50_000,
    "thens": " then " * 10_000,
    "commas": "a," * 20_000,
    "ats": "@" * 50_000,
    "at": "在" * 50_000,
    "dashes": " - " * 30_000,
    "breaks": "\n" * 90_000,
    "marks": "a" + "\u0300" * 50_000,
    "spaces": "a" + " " * 90_000 + "and b",
    "digits": "[9" + "9" * 80_000 + "s]",
}


@pytest.mark.parametrize("name", TIRING)
def test_no_story_takes_long(name):
    split_story("a fox runs. 一只狐狸奔跑。")  # reads the word lists

    def split():
        try:
            split_story(TIRING[name])
        except Invalid as refused:
            assert refused.code.startswith("story_")

    within(100, split)


def test_too_long_a_story_is_refused_unread():
    assert refusal("a" * 100_001) == ("story_too_long", {"length": 100_001, "limit": 100_000})


MIA = CastMember("Mia", "a girl of eight, red scarf")
MI = CastMember("小米", "一个八岁的女孩，红围巾")
TOWN = CastMember("Old-Town_2", "an old town", "place")


@pytest.mark.parametrize(
    ("typed", "sent", "names"),
    [
        ("@Mia", "a girl of eight, red scarf", ("Mia",)),
        ("@mia and @MIA", "a girl of eight, red scarf and a girl of eight, red scarf", ("mia",)),
        ("＠Mia", "a girl of eight, red scarf", ("Mia",)),
        ("@Mia走过森林", "a girl of eight, red scarf走过森林", ("Mia",)),
        ("@小米走过森林", "一个八岁的女孩，红围巾走过森林", ("小米",)),
        ("看@小米在森林里", "看一个八岁的女孩，红围巾在森林里", ("小米",)),
        ("in @Old-Town_2.", "in an old town.", ("Old-Town_2",)),
        ("@Miami", "@Miami", ("Miami",)),
        ("@Rex, @Mia", "@Rex, a girl of eight, red scarf", ("Rex", "Mia")),
        ("@小红走过森林", "@小红走过森林", ("小红",)),
        ("mia@Mia.com", "mia@Mia.com", ()),
        ("@ Mia, @-", "@ Mia, @-", ("-",)),
    ],
    ids=ascii,
)
def test_names_stand_for_the_words_of_the_cast(typed, sent, names):
    cast = [MIA, MI, TOWN]
    prompt = Prompt("a fox", typed, negative=typed, sentence=typed)
    expanded = expand(prompt, cast)
    assert (expanded.action, expanded.negative, expanded.sentence) == (sent, sent, sent)
    assert names_in(prompt, cast) == names
    known = {one.name.casefold() for one in cast}
    assert unknown_names(prompt, cast) == tuple(name for name in names if name.casefold() not in known)
    assert uses(prompt, MIA) == ("mia" in {name.casefold() for name in names})


def test_a_name_within_the_words_of_a_member_stays_and_is_told():
    leash = CastMember("Rex", "a dog of @Mia and @Rex")
    assert expand(Prompt("@Rex"), [leash, MIA]).subject == "a dog of @Mia and @Rex"
    assert unknown_names(Prompt("@Rex"), [leash]) == ("Mia", "Rex")


@pytest.mark.parametrize(
    ("line", "name", "words", "kind"),
    [
        (
            "@Mia: a girl of eight, red scarf, short black hair",
            "Mia",
            "a girl of eight, red scarf, short black hair",
            "character",
        ),
        ("@小米：一个八岁的女孩，红围巾", "小米", "一个八岁的女孩，红围巾", "character"),
        ("  ＠Hill : a bare hill under a big moon", "Hill", "a bare hill under a big moon", "place"),
        ("@山坡：大月亮下的小山坡", "山坡", "大月亮下的小山坡", "place"),
        ("@Lamp: an old paper lantern", "Lamp", "an old paper lantern", "prop"),
        ("@灯：一盏旧灯笼", "灯", "一盏旧灯笼", "character"),
        ("@Tea: a cup of tea", "Tea", "a cup of tea", "prop"),
        ("@Zorb: glimmering", "Zorb", "glimmering", "character"),
    ],
)
def test_a_cast_line_is_read(line, name, words, kind):
    assert read_member(line) == CastMember(name, words, kind)


@pytest.mark.parametrize("line", ["Mia: a girl", "@Mia walks", "a fox @Mia: runs", "", "@: a girl"])
def test_another_line_is_no_cast_line(line):
    assert read_member(line) is None


@pytest.mark.parametrize(
    ("given", "code"), [(("Mia", "a girl", "hero"), "cast_kind_refused"), (("Mia", " 。"), "cast_words_missing")]
)
def test_a_member_that_cannot_be_used_is_refused(given, code):
    with pytest.raises(Invalid) as refused:
        member(*given)
    assert refused.value.code == code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_wording_is_in_the_sentence_alone(language):
    prompt = {"en": Prompt("a fox", "runs"), "zh": Prompt("一只狐狸", "奔跑")}[language]
    sent = continuing(prompt, default_wording(language))
    plain = compose(prompt)
    assert sent.sentence.startswith(plain.sentence)
    assert default_wording(language)[1:] in sent.sentence
    assert all(getattr(sent, slot) == getattr(plain, slot) for slot in (*SLOTS, "negative"))
    assert continuing(prompt, " ") == plain


def test_too_long_a_wording_is_refused():
    with pytest.raises(Invalid) as refused:
        continuing(Prompt("a fox"), "same " * 100)
    assert refused.value.values["slot"] == "wording"


def storyboard(cuts, locked=True):
    segments = tuple(Segment(Prompt("a fox", "sits"), cut=bool(cut)) for cut in cuts)
    return Storyboard(Look(), segments, lock_colours=locked)


@pytest.mark.parametrize(
    ("cuts", "at", "score"),
    [
        ([0] * 4, None, ""),
        ([0, 0, 0, 0, 1, 0, 0, 0], None, ""),
        ([], None, ""),
        ([0] * 5, 3, "4.0"),
        ([0] * 6, 3, "3.7"),
        ([0, 1, 0, 0, 0, 0, 0, 0, 0], 5, "3.0"),
        ([0] * 9, 5, "< 3"),
    ],
)
def test_a_long_shot_is_pointed_at(cuts, at, score):
    hint = comfortable(storyboard(cuts), "en")
    assert (hint and hint.segment) == at
    if hint:
        assert hint.cut and score in hint.message and f"segment {at + 1}" in hint.message
        assert "Lock" not in hint.message and "Lock" in comfortable(storyboard(cuts, locked=False), "en").message
        assert is_cjk(comfortable(storyboard(cuts), "zh").message[-2])


def codes(segments):
    """Return {segment: the first words of each remark}."""
    return [(hint.segment, hint.slot, hint.cut) for hint in advise(segments, "en")]


def test_a_calm_story_gets_no_advice():
    assert split_story("A fox walks through the forest. It drinks at a stream.").notes == ()


def test_two_actions_and_long_segments_are_pointed_at():
    two = [Segment(Prompt("a fox", "walks and sits"), 6.0), Segment(Prompt("两只狐狸", "坐下，然后喝水"))]
    assert codes(two) == [(0, "", False), (0, "action", False), (1, "action", False)]


@pytest.mark.parametrize("action", ["runs", "奔跑"])
def test_a_shot_that_ends_in_motion_is_offered_a_rest(action):
    segments = [Segment(Prompt("a fox", "sits")), Segment(Prompt("a fox", action))]
    (hint,) = advise(segments, "en")
    assert (hint.segment, hint.slot) == (1, "action")
    assert hint.replacement.action == hint.suggestion
    assert advise([segments[0], Segment(hint.replacement)], "en") == ()


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("A fox drinks at a stream. Cut. The moon rises.", ["a fox", "the moon"]),
        ("A fox drinks at a stream. [cut] The moon rises.", ["a fox", "the moon"]),
        ("A cat sits.\nCUT TO:\nA dog runs.", ["a cat", "a dog"]),
        ("一只猫坐着。切镜。一只狗跑。", ["一只猫", "一只狗"]),
    ],
)
def test_a_cut_is_told_in_brackets_or_by_a_sentence_of_its_own(text, subjects):
    segments = split_story(text).segments
    assert [one.prompt.subject for one in segments] == subjects and [one.cut for one in segments] == [False, True]


def test_a_change_of_place_is_a_cut_or_the_offer_of_one():
    draft = split_story("A fox sits in a forest. It sits on a beach. Meanwhile, in a city, a robot waves.", "zh")
    assert [segment.cut for segment in draft.segments] == [False, False, True]
    assert [(note.segment, note.cut) for note in draft.notes] == [(1, True), (2, False)]
    assert all(any(map(is_cjk, note.message)) for note in draft.notes)
