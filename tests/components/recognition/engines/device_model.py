"""A Whisper model of CTranslate2 as if its arrays lay on a GPU: NumPy cannot look into them."""


class DeviceArray:
    """Encoder output in the memory of another device."""

    def __init__(self, view):
        self._view = view

    @property
    def view(self):
        """The array, for calls on the device alone."""
        return self._view

    @property
    def __array_interface__(self):
        """Refuse, as a `StorageView` on CUDA does."""
        raise AttributeError("Cannot get the array interface of an array on another device.")

    def __array__(self, *_args, **_kwargs):
        """Refuse a copy as well: NumPy would wrap the object otherwise."""
        raise TypeError("An array on another device is no NumPy array.")


class DeviceModel:
    """Wraps a real model. `encode` returns a `DeviceArray`, unless it copies to the CPU."""

    device = "cuda"

    def __init__(self, model):
        self._model = model
        self.batch_sizes = []

    def __getattr__(self, name):
        """Everything but the methods that take or give arrays is the model's own."""
        return getattr(self._model, name)

    def encode(self, features, to_cpu=False):
        """Encode a batch of spectrograms."""
        self.batch_sizes.append(features.shape[0])
        encoded = self._model.encode(features, to_cpu=True)
        return encoded if to_cpu else DeviceArray(encoded)

    def detect_language(self, features):
        """Take an array of either memory, as CTranslate2 does."""
        return self._model.detect_language(_on_device(features))

    def generate(self, features, *args, **options):
        """Take an array of either memory."""
        return self._model.generate(_on_device(features), *args, **options)

    def align(self, features, *args, **options):
        """Take an array of either memory."""
        return self._model.align(_on_device(features), *args, **options)


def _on_device(features):
    return features.view if isinstance(features, DeviceArray) else features
