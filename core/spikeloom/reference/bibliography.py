"""The papers that types cite: a type names its paper in its docstring, ``(Bellec et al. 2020)``."""

from __future__ import annotations

import re

from spikeloom.reference.paper import Paper

PAPERS = (
    Paper(
        (
            "Amir, A.",
            "Taba, B.",
            "Berg, D.",
            "Melano, T.",
            "McKinstry, J.",
            "Di Nolfo, C.",
            "Nayak, T.",
            "Andreopoulos, A.",
            "Garreau, G.",
            "Mendoza, M.",
            "Kusnitz, J.",
            "Debole, M.",
            "Esser, S.",
            "Delbruck, T.",
            "Flickner, M.",
            "Modha, D.",
        ),
        2017,
        "A low power, fully event-based gesture recognition system",
        "IEEE Conference on Computer Vision and Pattern Recognition, 7388-7397",
        "10.1109/CVPR.2017.781",
    ),
    Paper(
        ("Anumula, J.", "Neil, D.", "Delbruck, T.", "Liu, S.-C."),
        2018,
        "Feature representations for neuromorphic audio spike streams",
        "Frontiers in Neuroscience 12, 23",
        "10.3389/fnins.2018.00023",
    ),
    Paper(
        ("Bellec, G.", "Salaj, D.", "Subramoney, A.", "Legenstein, R.", "Maass, W."),
        2018,
        "Long short-term memory and learning-to-learn in networks of spiking neurons",
        "Advances in Neural Information Processing Systems 31",
        "10.48550/arXiv.1803.09574",
    ),
    Paper(
        (
            "Bellec, G.",
            "Scherr, F.",
            "Subramoney, A.",
            "Hajek, E.",
            "Salaj, D.",
            "Legenstein, R.",
            "Maass, W.",
        ),
        2020,
        "A solution to the learning dilemma for recurrent networks of spiking neurons",
        "Nature Communications 11, 3625",
        "10.1038/s41467-020-17236-y",
    ),
    Paper(
        ("Bi, Y.", "Chadha, A.", "Abbas, A.", "Bourtsoulatze, E.", "Andreopoulos, Y."),
        2019,
        "Graph-based object classification for neuromorphic vision sensing",
        "IEEE/CVF International Conference on Computer Vision, 491-501",
        "10.1109/ICCV.2019.00058",
    ),
    Paper(
        ("Bohte, S. M.", "Kok, J. N.", "La Poutré, H."),
        2002,
        "Error-backpropagation in temporally encoded networks of spiking neurons",
        "Neurocomputing 48, 17-37",
        "10.1016/S0925-2312(01)00658-0",
    ),
    Paper(
        ("Cramer, B.", "Stradmann, Y.", "Schemmel, J.", "Zenke, F."),
        2022,
        "The Heidelberg spiking data sets for the systematic evaluation of spiking neural networks",
        "IEEE Transactions on Neural Networks and Learning Systems 33(7), 2744-2757",
        "10.1109/TNNLS.2020.3044364",
    ),
    Paper(
        ("Glasberg, B. R.", "Moore, B. C. J."),
        1990,
        "Derivation of auditory filter shapes from notched-noise data",
        "Hearing Research 47(1-2), 103-138",
        "10.1016/0378-5955(90)90170-T",
    ),
    Paper(
        ("Glorot, X.", "Bengio, Y."),
        2010,
        "Understanding the difficulty of training deep feedforward neural networks",
        "Proceedings of the 13th International Conference on Artificial Intelligence and Statistics, 249-256",
    ),
    Paper(
        ("He, K.", "Zhang, X.", "Ren, S.", "Sun, J."),
        2015,
        "Delving deep into rectifiers: surpassing human-level performance on ImageNet classification",
        "IEEE International Conference on Computer Vision, 1026-1034",
        "10.1109/ICCV.2015.123",
    ),
    Paper(
        ("Kingma, D. P.", "Ba, J."),
        2015,
        "Adam: a method for stochastic optimization",
        "3rd International Conference on Learning Representations",
        "10.48550/arXiv.1412.6980",
    ),
    Paper(
        ("Kriener, L.", "Göltz, J.", "Petrovici, M. A."),
        2022,
        "The Yin-Yang dataset",
        "Neuro-Inspired Computational Elements Conference, 107-111",
        "10.1145/3517343.3517380",
    ),
    Paper(
        ("LeCun, Y.", "Bottou, L.", "Bengio, Y.", "Haffner, P."),
        1998,
        "Gradient-based learning applied to document recognition",
        "Proceedings of the IEEE 86(11), 2278-2324",
        "10.1109/5.726791",
    ),
    Paper(
        ("Li, H.", "Liu, H.", "Ji, X.", "Li, G.", "Shi, L."),
        2017,
        "CIFAR10-DVS: an event-stream dataset for object classification",
        "Frontiers in Neuroscience 11, 309",
        "10.3389/fnins.2017.00309",
    ),
    Paper(
        ("Loshchilov, I.", "Hutter, F."),
        2017,
        "SGDR: stochastic gradient descent with warm restarts",
        "5th International Conference on Learning Representations",
        "10.48550/arXiv.1608.03983",
    ),
    Paper(
        ("Loshchilov, I.", "Hutter, F."),
        2019,
        "Decoupled weight decay regularization",
        "7th International Conference on Learning Representations",
        "10.48550/arXiv.1711.05101",
    ),
    Paper(
        ("Nowotny, T.", "Turner, J. P.", "Knight, J. C."),
        2022,
        "Loss shaping enhances exact gradient learning with EventProp in spiking neural networks",
        "arXiv 2212.01232",
        "10.48550/arXiv.2212.01232",
    ),
    Paper(
        ("Orchard, G.", "Jayawant, A.", "Cohen, G. K.", "Thakor, N."),
        2015,
        "Converting static image datasets to spiking neuromorphic datasets using saccades",
        "Frontiers in Neuroscience 9, 437",
        "10.3389/fnins.2015.00437",
    ),
    Paper(
        ("Patterson, R. D.", "Allerhand, M. H.", "Giguère, C."),
        1995,
        "Time-domain modeling of peripheral auditory processing: a modular architecture and a software platform",
        "The Journal of the Acoustical Society of America 98(4), 1890-1894",
        "10.1121/1.414456",
    ),
    Paper(
        ("Rossbroich, J.", "Gygax, J.", "Zenke, F."),
        2022,
        "Fluctuation-driven initialization for spiking neural network training",
        "Neuromorphic Computing and Engineering 2, 044016",
        "10.1088/2634-4386/ac97bb",
    ),
    Paper(
        ("Serrano-Gotarredona, T.", "Linares-Barranco, B."),
        2015,
        "Poker-DVS and MNIST-DVS. Their history, how they were made, and other details",
        "Frontiers in Neuroscience 9, 481",
        "10.3389/fnins.2015.00481",
    ),
    Paper(
        ("Stevens, S. S.", "Volkmann, J.", "Newman, E. B."),
        1937,
        "A scale for the measurement of the psychological magnitude pitch",
        "The Journal of the Acoustical Society of America 8(3), 185-190",
        "10.1121/1.1915893",
    ),
    Paper(
        ("Tan, G.", "Wang, Y.", "Han, H.", "Cao, Y.", "Wu, F.", "Zha, Z.-J."),
        2022,
        "Multi-grained spatio-temporal features perceived network for event-based lip-reading",
        "IEEE/CVF Conference on Computer Vision and Pattern Recognition, 20094-20103",
    ),
    Paper(
        ("Tieleman, T.", "Hinton, G."),
        2012,
        "Lecture 6.5, RMSprop: divide the gradient by a running average of its recent magnitude",
        "Coursera: Neural Networks for Machine Learning",
    ),
    Paper(
        ("Wunderlich, T. C.", "Pehle, C."),
        2021,
        "Event-based backpropagation can compute exact gradients for spiking neural networks",
        "Scientific Reports 11, 12829",
        "10.1038/s41598-021-91786-z",
    ),
    Paper(
        ("Xiao, H.", "Rasul, K.", "Vollgraf, R."),
        2017,
        "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
        "arXiv 1708.07747",
        "10.48550/arXiv.1708.07747",
    ),
    Paper(
        ("Zenke, F.", "Vogels, T. P."),
        2021,
        "The remarkable robustness of surrogate gradient learning for instilling complex function in spiking neural "
        "networks",
        "Neural Computation 33(4), 899-925",
        "10.1162/neco_a_01367",
    ),
)

_NAME = r"(?:(?:de|den|der|van|von) )*[^\W\d_a-z][\w'-]+"
CITATION = re.compile(
    rf"(?P<names>{_NAME}(?:(?:, {_NAME})* and {_NAME}| et al\.)?)(?:'s)?,? \(?(?P<year>(?:19|20)\d\d)\b\)?", re.UNICODE
)


def cited(text: str) -> list[str]:
    """What a text cites, as names and year: ``Bellec et al. 2020``; each once, in the order of the text."""
    plain = " ".join(text.split())
    return list(dict.fromkeys(f"{match['names']} {match['year']}" for match in CITATION.finditer(plain)))


def paper(citation: str) -> Paper | None:
    """The paper that is cited; None where there is none of these names and that year."""
    for known in PAPERS:
        if citation in {f"{names} {known.year}" for names in known.citations}:
            return known
    return None


def papers_of(text: str) -> tuple[Paper, ...]:
    """The papers that a text cites; what is not known is left out."""
    found = [known for citation in cited(text) if (known := paper(citation)) is not None]
    return tuple(dict.fromkeys(found))
