// The number type in which a model's layers hand hidden states on.

export type Activation = 'float32' | 'float16';
