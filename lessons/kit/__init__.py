"""What chapters share: training, checkpoints, batches, data sets, pretrained weights, figures, stored results."""
