"""The words of the course, in English and Chinese, each with the lesson that introduces it."""

from __future__ import annotations

import html
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term, its Chinese form, one line on what it means, and the number of the lesson that introduces it.

    `met_as` is the word that the lesson uses, where this is not the term itself.
    """

    english: str
    chinese: str
    meaning: str
    lesson: str
    met_as: str = ""


TERMS = (
    Term("vector", "向量", "a list of numbers; also seen as a point or a direction", "00"),
    Term(
        "cosine similarity", "余弦相似度", "1 for the same direction, 0 for a right angle, −1 for opposite ones", "00"
    ),
    Term("dot product", "点积", "multiply number by number, then add up", "00"),
    Term("parameter", "参数", "a number that training adjusts", "00"),
    Term("layer", "层", "one of the steps that a network computes one after another", "00"),
    Term("tensor", "张量", "numbers in a regular box, with any number of axes", "00"),
    Term("shape", "形状", "how many numbers along each axis", "00"),
    Term("axis", "轴", "one of the directions of a tensor, counted from 0", "00"),
    Term("broadcasting", "广播", "a size of 1, or none, is repeated until two shapes fit", "00"),
    Term("log-sum-exp", "对数求和指数", "ln Σ e^score, without ever computing a huge e^score", "00"),
    Term("label", "标签", "the right answer that belongs to an example", "00"),
    Term("conditional probability", "条件概率", "the share among those cases where something holds", "00"),
    Term("expectation", "期望", "the mean over all cases, weighted by their probability", "00"),
    Term("standard deviation", "标准差", "the typical distance from the mean", "00"),
    Term("feature", "特征", "one number that describes an example: a column of the inputs", "01"),
    Term("weight", "权重", "a number that an input is multiplied by", "01"),
    Term("bias", "偏置", "a number that is added, whatever the input", "01"),
    Term("loss", "损失", "one number for how wrong the model is; lower is better", "01"),
    Term("gradient", "梯度", "for each parameter, how fast the loss changes with it", "01"),
    Term("gradient descent", "梯度下降", "many small steps against the gradient", "01"),
    Term("learning rate", "学习率", "how far one step goes", "01"),
    Term("mini-batch", "小批量", "the few examples that one step looks at", "01"),
    Term("sigmoid", "S 型函数", "turns any number into a probability", "01"),
    Term("logit", "对数几率", "a score before it becomes a probability", "01"),
    Term("logistic regression", "逻辑回归", "a linear model whose answer is a probability", "01"),
    Term("likelihood", "似然", "how probable the data are, seen as a question about the parameters", "01"),
    Term("cross-entropy", "交叉熵", "minus the mean logarithm of the probability of what was right", "01"),
    Term("over-fitting", "过拟合", "good on what was seen, worse on what is new", "01"),
    Term("L2 penalty", "L2 惩罚（L2 正则化）", "a price on large weights", "01"),
    Term("validation set", "验证集", "examples for choosing between models", "01", "validation"),
    Term("test set", "测试集", "examples used once, for the final number", "01", "test"),
    Term("chain rule", "链式法则", "the derivative of a chain is the product of those of its links", "02"),
    Term("backpropagation", "反向传播", "from the loss back to every parameter, by the chain rule", "02", "backward"),
    Term("momentum", "动量", "a step that remembers the steps before", "02"),
    Term("Adam", "Adam 优化器", "an optimiser that gives every parameter a step size of its own", "02"),
    Term("warm-up", "学习率预热", "the learning rate rises over the first steps", "02", "warms up"),
    Term("Jacobian", "雅可比矩阵", "all derivatives: a row for each output, a column for each input", "02"),
    Term("hidden units", "隐藏单元", "numbers between input and output that the network makes for itself", "03"),
    Term("ReLU", "修正线性单元（线性整流函数）", "negative numbers become 0, others stay", "03"),
    Term("softmax", "softmax 函数", "turns scores into probabilities that add up to 1", "03"),
    Term("one-hot", "独热编码", "a vector with a single 1, at the place of the class", "03"),
    Term("dropout", "随机失活（暂退法）", "switches units off at random while training", "03"),
    Term("early stopping", "早停", "ends the training when validation gets no better", "03"),
    Term("dead unit", "失活单元", "a ReLU unit that gives 0 for every example, and so learns no more", "03"),
    Term("token", "词元", "a piece of text with a number of its own", "04"),
    Term("byte-pair encoding", "字节对编码", "a vocabulary made by joining the most frequent neighbours", "04"),
    Term("language model", "语言模型", "gives a probability to what comes next", "04"),
    Term("perplexity", "困惑度", "as if the model chose evenly among so many tokens", "04"),
    Term("bits per character", "每字符比特数", "what a text costs a model; comparable between vocabularies", "04"),
    Term(
        "word vector",
        "词向量",
        "one row of numbers for each word, learnt from its company",
        "04",
        "vector for each word",
    ),
    Term("embedding", "嵌入", "a learnt vector for each token", "04"),
    Term("padding", "填充", "filling that makes texts equally long in a batch", "04"),
    Term("attention mask", "注意力掩码", "says which tokens are real and which are padding", "04"),
    Term("attention", "注意力", "a weighted mean over tokens, with weights from the tokens themselves", "05"),
    Term("query", "查询", "the vector that asks", "05"),
    Term("key", "键", "the vector that a query is compared with", "05"),
    Term("value", "值", "the vector that is handed over", "05"),
    Term("attention head", "注意力头", "one of several attentions side by side", "05", "head"),
    Term("causal mask", "因果掩码", "no token sees later ones", "05"),
    Term("positional encoding", "位置编码", "how the model is told where a token stands", "06"),
    Term("residual connection", "残差连接", "what a layer computes is added to its input", "06"),
    Term("residual stream", "残差流", "the vectors that run through all layers; each sub-layer adds to them", "06"),
    Term("layer norm", "层归一化（层规范化）", "brings each vector to mean 0 and spread 1", "06"),
    Term("feed-forward network", "前馈网络", "two linear maps with a bend, for each token alone", "06", "feed-forward"),
    Term("encoder", "编码器", "reads: every token sees all", "06"),
    Term("decoder", "解码器", "writes: every token sees the earlier ones", "06"),
    Term("teacher forcing", "教师强制（强制教学）", "in training, the decoder is fed the right beginning", "06"),
    Term("pre-training", "预训练", "learning from raw text, before any task", "07"),
    Term("masked language model", "掩码语言模型", "guesses the words that were covered", "07"),
    Term("probe", "探针", "a small model that is asked what a vector holds", "07"),
    Term("selectivity", "选择性", "how much better a probe does on the task than on random labels", "07"),
    Term("fine-tuning", "微调", "training a finished model further, on a task of yours", "08"),
    Term("classification head", "分类头", "the last layer, which is new for each task", "08", "head"),
    Term("calibration", "校准", "of the answers given with probability 0.9, nine in ten are right", "08"),
    Term(
        "temperature scaling",
        "温度缩放",
        "divides logits by one number, so that probabilities hold",
        "08",
        "temperature",
    ),
    Term(
        "McNemar's test",
        "麦克尼马尔检验",
        "compares two models by the examples on which they disagree",
        "08",
        "McNemar",
    ),
    Term("named entity", "命名实体", "a name of a person, a place, a company in a text", "09", "name"),
    Term("span", "片段", "words from a first to a last one, as one thing", "09"),
    Term(
        "BM25",
        "BM25 排序函数",
        "scores texts by a query's words: rare ones count more, repeated ones ever less",
        "09",
    ),
    Term("recall@k", "前 k 召回率", "the share of queries whose right document is among the first k", "09"),
    Term("in-batch negatives", "批内负样本", "the other examples of a batch as wrong answers", "09", "in-batch"),
    Term("cross-encoder", "交叉编码器", "reads two texts as one input and gives one score", "09"),
    Term("ROUGE", "ROUGE 指标", "how many words of a reference a summary holds", "09"),
    Term("decoder-only", "仅解码器", "a Transformer that only writes: one stack behind a causal mask", "10"),
    Term("tied embeddings", "权重绑定（共享嵌入）", "the output layer is the token embedding itself", "10", "tied"),
    Term("power law", "幂律", "a straight line where both axes are logarithmic; how loss falls with size", "10"),
    Term("greedy decoding", "贪心解码", "always taking the likeliest token", "10", "greedy"),
    Term("sampling", "采样", "drawing the next token from the probabilities", "10"),
    Term("temperature", "温度", "what logits are divided by before the softmax; below 1 the likely gains", "10"),
    Term("nucleus", "核采样（top-p）", "the fewest likeliest tokens that hold a share p of the probability", "10"),
    Term("KV cache", "键值缓存", "kept keys and values, so that a new token computes its own row alone", "10"),
    Term(
        "few-shot learning",
        "少样本学习",
        "following examples that stand in the text, without training",
        "10",
        "few-shot",
    ),
    Term("RMSNorm", "均方根归一化", "divide by the root of the mean square; nothing is subtracted", "11"),
    Term(
        "rotary positions", "旋转位置编码", "queries and keys are turned by their place, so scores know distances", "11"
    ),
    Term("gate", "门控", "a number that decides how much of another one passes", "11"),
    Term("grouped queries", "分组查询注意力", "several heads of queries share keys and values", "11"),
    Term("quantised block", "量化块", "some numbers as levels, with one scale for all of them", "11", "block"),
    Term("chat template", "对话模板", "the form in which a conversation becomes one text", "11"),
    Term("system prompt", "系统提示", "the first turn of a conversation, which says how to answer", "11"),
    Term("retrieval-augmented generation", "检索增强生成", "find a passage, then answer from it", "11"),
    Term("constrained output", "受约束的输出", "tokens that would break a form are taken away", "11", "form"),
    Term("attention sink", "注意力汇聚点", "a first token that gets the weight nobody needs", "11", "sinks"),
    Term("convolution", "卷积", "one small set of weights, laid on every place of a picture", "17"),
    Term("filter", "滤波器（卷积核）", "the small square of weights that slides over a picture", "17"),
    Term("channel", "通道", "one of several maps of the same picture: red, green, blue, or what filters made", "17"),
    Term("stride", "步幅", "how far a filter moves from place to place", "17"),
    Term("pooling", "池化", "one number for each small square, such as the largest", "17"),
    Term("receptive field", "感受野", "the inputs that one number of a layer depends on", "17"),
    Term("batch norm", "批归一化", "each channel to mean 0 and variance 1, of the batch in training", "17"),
    Term("residual block", "残差块", "layers that compute what to add to their input", "17"),
    Term("transfer learning", "迁移学习", "weights learnt on one task as the start for another", "17"),
    Term("patch embedding", "图像块嵌入", "squares of a picture, each mapped to a vector: the tokens of a ViT", "17"),
    Term("class activation map", "类激活图", "the share of each place in the logit of a class", "17"),
    Term("Grad-CAM", "梯度加权类激活图", "a class map from gradients, for networks with any last layers", "17"),
    Term("intersection over union", "交并比", "what two boxes share, divided by what they cover together", "17"),
    Term("non-maximum suppression", "非极大值抑制", "of boxes that overlap much, the best one alone is kept", "17"),
    Term("average precision", "平均精度", "the area under precision over recall of a ranking", "17"),
    Term("triplet loss", "三元组损失", "the same nearer than another, by a margin", "17", "triplet"),
    Term("sample rate", "采样率", "moments a second at which the pressure is measured", "18"),
    Term("aliasing", "混叠", "a tone above half the sample rate is heard as a lower one", "18"),
    Term("spectrogram", "语谱图", "how loud each frequency is at each time", "18"),
    Term("mel", "梅尔刻度", "a scale of frequencies whose equal steps sound about equal", "18"),
    Term("formant", "共振峰", "a resonance of throat and mouth that makes a vowel what it is", "18"),
    Term("word error rate", "词错误率", "words to replace, leave out or put in, over the words that were said", "18"),
    Term(
        "dynamic time warping", "动态时间规整", "the cheapest way through a table that never goes back", "18", "warping"
    ),
    Term("dilation", "膨胀率", "how far apart the two moments are that a convolution reads", "18"),
    Term("CTC", "连接时序分类", "the probability of a text summed over all ways to spread it over frames", "18"),
)


def glossary_text() -> str:
    """The glossary as plain text, in the order of the course."""
    return "\n".join(f"{term.lesson}  {term.english} · {term.chinese}: {term.meaning}" for term in in_order())


def glossary_html() -> str:
    """The glossary as a table."""
    rows = "".join(
        f'<tr><td style="text-align: left">{html.escape(term.english)}</td>'
        f'<td lang="zh" style="text-align: left; white-space: nowrap">{term.chinese}</td>'
        f'<td style="text-align: left">{html.escape(term.meaning)}</td><td>{term.lesson}</td></tr>'
        for term in in_order()
    )
    head = "".join(f'<th style="text-align: left">{name}</th>' for name in ("term", "中文", "in one line", "lesson"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def in_order() -> list[Term]:
    """The terms by lesson; inside a lesson in the order in which they are met."""
    return sorted(TERMS, key=lambda term: term.lesson)


def show() -> None:
    """Show the glossary: a table in a notebook, lines in a terminal."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(glossary_text())
    else:
        display({"text/html": glossary_html(), "text/plain": glossary_text()}, raw=True)
