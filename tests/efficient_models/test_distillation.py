"""The loss against PyTorch's own, its gradient's size against Hinton's argument, and the loop that uses it."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from lessons.efficient_models import distillation as d
from lessons.kit.training import fit
from tests.efficient_models import small


def logits(seed: int, *shape: int) -> torch.Tensor:
    return 3 * torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 8.0])
@pytest.mark.parametrize("soft", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("classes", [2, 5])
def test_the_loss_is_made_of_pytorchs(temperature, soft, classes) -> None:
    student, teacher = logits(0, 7, classes).requires_grad_(), logits(1, 7, classes)
    labels = torch.arange(7) % classes
    found = d.distillation_loss(student, teacher, labels, temperature, soft)
    apart = F.kl_div((student / temperature).log_softmax(-1), (teacher / temperature).log_softmax(-1),
                     reduction="batchmean", log_target=True)  # fmt: skip
    expected = soft * temperature**2 * apart + (1 - soft) * F.cross_entropy(student, labels)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-10)
    ours, theirs = (torch.autograd.grad(loss, student)[0] for loss in (found, expected))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_a_hot_gradient_is_the_difference_of_logits() -> None:
    """Hinton et al. 2015, section 2.1: times T², at a high temperature, logits with mean 0 are matched."""
    student, teacher = logits(2, 4, 3).requires_grad_(), logits(3, 4, 3)
    (gradient,) = torch.autograd.grad(d.distillation_loss(student, teacher, torch.zeros(4).long(), 1e4, 1.0), student)
    centred = [each - each.mean(-1, keepdim=True) for each in (student, teacher)]
    torch.testing.assert_close(gradient * 4, (centred[0] - centred[1]) / 3, rtol=1e-3, atol=1e-3)


def test_softened() -> None:
    found = d.softened(torch.tensor([4.0, 0.0]), 2.0)
    assert found[0].item() == pytest.approx(1 / (1 + 2.718281828**-2))
    assert d.softened(logits(0, 3), 1e6).tolist() == pytest.approx([1 / 3] * 3, abs=1e-5)
    for temperature in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="temperature"):
            d.softened(torch.ones(2), temperature)


@pytest.mark.parametrize(("n_layers", "kept"), d.KEPT.items())
def test_a_student_begins_with_layers_of_its_teacher(n_layers, kept) -> None:
    teacher = small.classifier()
    student = d.student_of(teacher, n_layers)
    assert len(student.bert.layers) == n_layers
    for ours, theirs in zip(student.bert.layers, kept, strict=True):
        for name, tensor in ours.state_dict().items():
            assert torch.equal(tensor, teacher.bert.layers[theirs].state_dict()[name])
    with pytest.raises(ValueError, match="can stay"):
        d.student_of(teacher, 5)


def test_logits_come_in_the_order_of_the_texts() -> None:
    model = small.classifier(2)
    texts, _ = small.examples(9)
    found = d.logits_of(model, texts, 4)
    for text, row in zip(texts, found, strict=True):
        torch.testing.assert_close(model(torch.tensor([text]))[0], row, rtol=1e-4, atol=1e-5)


def test_a_lesson_looks_up_labels_and_logits_of_its_batch() -> None:
    model = small.classifier(2)
    texts, labels = small.examples(9)
    teacher = logits(5, 9, 2).float()
    lesson = d.Lesson(texts, labels, teacher, 3.0, 0.4)
    seen = []
    for batch in lesson.batches(4, seed=1):
        places = batch["labels"]
        rows = torch.cat([model(torch.tensor([texts[i]])) for i in places.tolist()])
        expected = d.distillation_loss(rows, teacher[places], torch.as_tensor(labels)[places], 3.0, 0.4)
        torch.testing.assert_close(lesson.loss(model, batch), expected, rtol=1e-4, atol=1e-5)
        seen += places.tolist()
    assert sorted(seen) == list(range(9))


def test_a_student_comes_nearer_to_its_teacher() -> None:
    teacher = small.classifier()
    texts, labels = small.examples(24)
    wanted = d.logits_of(teacher, texts)
    student = d.student_of(teacher, 2)
    lesson = d.Lesson(texts, labels, wanted, 2.0, 1.0)
    (whole,) = lesson.batches(24)
    before = lesson.loss(student, whole)
    fit(student, lesson.batches(8), lesson.loss, epochs=12, learning_rate=1e-2, progress=False)
    assert lesson.loss(student.eval(), whole) < 0.5 * before


def test_a_lesson_wants_one_of_each() -> None:
    texts, labels = small.examples(4)
    with pytest.raises(ValueError, match="4 texts, 4 labels"):
        d.Lesson(texts, labels, torch.zeros(3, 2))
    with pytest.raises(ValueError, match="no batch of a Lesson"):
        d.Lesson(texts, labels, torch.zeros(4, 2)).loss(small.classifier(2), {"labels": None})
