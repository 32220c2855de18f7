"""From barriers to ratios: permeability ratios, what was measured, and the span over models."""
