/** `scheduler_config.json` of the edit model: a cosine schedule whose network returns the denoised latents. */
export const schedulerJson = {
  _class_name: 'DDIMScheduler',
  num_train_timesteps: 1000,
  beta_schedule: 'squaredcos_cap_v2',
  prediction_type: 'sample',
  timestep_spacing: 'trailing',
  clip_sample: false,
  set_alpha_to_one: true,
  steps_offset: 0,
} as const;
