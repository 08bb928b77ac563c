"""Metrics: one file per type."""

from spikeloom.spec.metrics.accuracy import Accuracy
from spikeloom.spec.metrics.confusion_matrix import ConfusionMatrix
from spikeloom.spec.metrics.firing_rate import FiringRate
from spikeloom.spec.metrics.mean_square_error import MeanSquareErrorMetric
from spikeloom.spec.metrics.metric import Figures, Metric
from spikeloom.spec.metrics.output_metric import OutputMetric
from spikeloom.spec.metrics.population_metric import PopulationMetric
from spikeloom.spec.metrics.silent_neurons import SilentNeurons
from spikeloom.spec.metrics.top_k_accuracy import TopKAccuracy

__all__ = [
    "Accuracy",
    "ConfusionMatrix",
    "Figures",
    "FiringRate",
    "MeanSquareErrorMetric",
    "Metric",
    "OutputMetric",
    "PopulationMetric",
    "SilentNeurons",
    "TopKAccuracy",
]
