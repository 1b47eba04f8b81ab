"""Many videos at once: batches over tables, data sets in and out, evaluation, the labelling desk."""
