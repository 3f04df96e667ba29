"""Who says so: the published methods and limits that this room uses."""

from __future__ import annotations

from groundside.model.health import BatteryLimits, Limit
from groundside.model.source import Source

RESISTANCE = Source(
    "Pillai et al. 2025, An Improved Approach to Estimate the Internal Resistance of a Battery During the HPPC Test",
    "https://arxiv.org/abs/2505.06410",
    "voltage over current less the change of open-circuit voltage; the windows and their length are our choice",
)
CAPACITY = Source(
    "Plett 2011, Recursive approximate weighted total least squares estimation of battery cell total capacity, "
    "Journal of Power Sources 196(4)",
    "https://doi.org/10.1016/j.jpowsour.2010.09.048",
    "charge drawn = capacity x change of state of charge, with errors on both sides",
)
JACKKNIFE = Source(
    "Cameron and Miller 2015, A Practitioner's Guide to Cluster-Robust Inference, Journal of Human Resources 50(2)",
    "https://doi.org/10.3368/jhr.50.2.317",
    "few clusters: leave one out, Student's t with one degree of freedom less than clusters",
)
ROBUST_LINE = Source(
    "Sen 1968, Estimates of the Regression Coefficient Based on Kendall's Tau, Journal of the American Statistical "
    "Association 63(324), pp. 1379-1389",
    "https://doi.org/10.1080/01621459.1968.10480934",
)
AVERAGE = Source(
    "Particle Data Group, Review of Particle Physics, Introduction",
    "https://pdg.lbl.gov/",
    "unconstrained averaging: weights of inverse variance, errors scaled where values disagree",
)
COUNTED = Source("counted from logs", "")
END_OF_LIFE = Source(
    "TWAICE, Battery encyclopedia: End of life",
    "https://www.twaice.com/battery-encyclopedia/end-of-life",
    "usual in cars: 80 % of capacity, or 200 % of resistance",
)
USUAL_LIMITS = BatteryLimits(
    least_capacity_share=Limit(0.8, END_OF_LIFE), most_resistance_ratio=Limit(2.0, END_OF_LIFE)
)
"""
The limits usual for batteries of cars; none is published for aircraft like these that we could verify.

A maker's manual or the owner may say otherwise: cycles, age and spread have no limit unless they set one.
"""
